/** The people of the demo bank, with passwords that are no secret: its sign-in page shows them. */
import type { Person } from './people.js';

export const seededPeople: readonly (Person & { readonly password: string })[] = [
  { username: 'tess', name: 'Tess Teller', role: 'teller', subject: 'u_8fW2mK4qTz', password: 'teller-demo-1' },
  {
    username: 'sam',
    name: 'Sam Supervisor',
    role: 'supervisor',
    subject: 'u_Jx51nRb9Lc',
    password: 'supervisor-demo-1',
  },
  { username: 'ada', name: 'Ada Auditor', role: 'auditor', subject: 'u_Vd07pHs3Ye', password: 'auditor-demo-1' },
  { username: 'root-admin', name: 'Robin Root', role: 'admin', subject: 'u_Gq66tXa2Mw', password: 'admin-demo-1' },
];
