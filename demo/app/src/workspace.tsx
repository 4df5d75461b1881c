/** The back office of one session: bar, pages, and the panel beside them. */
import { useNightlatch } from 'nightlatch/react';
import { useState } from 'react';
import { AccountsPage } from './accounts/accounts-page.js';
import { loadMe, type Me, type Permission } from './bank.js';
import { InsightPanel } from './insight/insight-panel.js';
import { Frame, Mark } from './kit/brand.js';
import { Problem } from './kit/parts.js';
import { useLoaded } from './kit/use-loaded.js';
import { LogsPage } from './logs/logs-page.js';
import { NewPaymentPage } from './payments/new-payment-page.js';
import { PaymentsPage } from './payments/payments-page.js';
import { Link, type Route, useRoute } from './route.js';

const PLACES: readonly { readonly route: Route; readonly name: string; readonly needs: Permission }[] = [
  { route: '/accounts', name: 'Accounts', needs: 'accounts:read' },
  { route: '/payments', name: 'Payments', needs: 'payments:read' },
  { route: '/logs', name: 'Logs', needs: 'logs:read' },
];

export function Workspace() {
  const route = useRoute();
  const { value: me, problem, reload } = useLoaded(loadMe);
  const allowed = (permission: Permission) => me?.permissions.includes(permission) ?? false;
  const current = route === '/new-payment' ? '/payments' : route;
  return (
    <Frame
      home={
        <Link to="/accounts" className="brand">
          <Mark /> Kestrel Bank <span className="where">Back office</span>
        </Link>
      }
      bar={
        <>
          <nav className="nav" aria-label="Back office">
            <ul>
              {PLACES.filter(({ needs }) => needs !== 'logs:read' || allowed(needs)).map((place) => (
                <li key={place.route}>
                  <Link to={place.route} current={current === place.route}>
                    {place.name}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <Person me={me} />
        </>
      }
      beside={<InsightPanel />}
    >
      {problem !== undefined && <Problem what="Who you are could not be loaded" problem={problem} again={reload} />}
      {/* Not before it is known who this is: what a person may do decides what stands where. */}
      {me !== undefined && <Page route={route} allowed={allowed} />}
    </Frame>
  );
}

function Page({ route, allowed }: { readonly route: Route; allowed(permission: Permission): boolean }) {
  switch (route) {
    case '/accounts':
      return <AccountsPage />;
    case '/payments':
      return <PaymentsPage mayCreate={allowed('payments:write')} mayApprove={allowed('payments:approve')} />;
    case '/new-payment':
      return <NewPaymentPage />;
    case '/logs':
      return <LogsPage />;
  }
}

function Person({ me }: { readonly me: Me | undefined }) {
  const latch = useNightlatch();
  const [leaving, setLeaving] = useState(false);
  function leave(): void {
    setLeaving(true);
    // The screen says what became of it; a failed wipe is an event in the journal, and tried again.
    void latch.signOut().finally(() => setLeaving(false));
  }
  return (
    <div className="person">
      <p className="who">
        <span className="name">{me?.name}</span>
        <span className="role">{me && me.role[0]?.toUpperCase() + me.role.slice(1)}</span>
      </p>
      <button type="button" className="button quiet compact" aria-disabled={leaving} onClick={leave}>
        Sign out
      </button>
    </div>
  );
}
