/** The back office of one session: bar, pages, and the panel beside them. */
import { useNightlatch, useSessionView } from 'nightlatch/react';
import { useCallback, useState } from 'react';
import { AccountsPage } from './accounts/accounts-page.js';
import type { Me } from './bank.js';
import { InsightPanel } from './insight/insight-panel.js';
import { Frame, Mark } from './kit/brand.js';
import { Problem } from './kit/parts.js';
import { useLoaded } from './kit/use-loaded.js';
import { LogsPage } from './logs/logs-page.js';
import { NewPaymentPage } from './payments/new-payment-page.js';
import { PaymentsPage } from './payments/payments-page.js';
import { loadPerson } from './person.js';
import { Link, type Route, useRoute } from './route.js';
import { LOCK_SHORTCUT } from './session.js';
import { CameBackNotice } from './sign-in/came-back-notice.js';
import { providerSignOut } from './sign-in/openid.js';
import { preferredWay } from './sign-in/ways.js';

const PLACES: readonly { readonly route: Route; readonly name: string; readonly duty?: Duty }[] = [
  { route: '/accounts', name: 'Accounts' },
  { route: '/payments', name: 'Payments' },
  { route: '/logs', name: 'Logs', duty: 'audit' },
];

/** What people are here for. Whether they may do it now is the policy's word, and can change while they look at it. */
type Duty = 'enter' | 'approve' | 'audit';

const DUTIES: Readonly<Record<string, readonly Duty[]>> = {
  teller: ['enter'],
  supervisor: ['enter', 'approve'],
  auditor: ['audit'],
};

export function Workspace({ sessionId }: { readonly sessionId: string }) {
  const route = useRoute();
  const { me, problem, reload } = useMe(sessionId);
  const duties = useDuties(me);
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
              {PLACES.filter(({ duty }) => duty === undefined || duties.includes(duty)).map((place) => (
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
      <CameBackNotice />
      {problem !== undefined && <Problem what="Who you are could not be loaded" problem={problem} again={reload} />}
      {/* Not before it is known who this is: what a person may do decides what stands where. */}
      {me !== undefined && <Page route={route} duties={duties} />}
    </Frame>
  );
}

/** Who this is. Asked again when the policy changes: it may be another role's. */
function useMe(sessionId: string) {
  const view = useSessionView();
  const version = 'policy' in view ? view.policy.version : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new policy is the reason to ask again
  const load = useCallback((signal: AbortSignal) => loadPerson(sessionId, signal), [sessionId, version]);
  const { value: me, problem, reload } = useLoaded(load);
  return { me, problem, reload };
}

/** All that this person has been here for. What was offered stays in its place, and says that it is not allowed any more. */
function useDuties(me: Me | undefined): readonly Duty[] {
  const [had, setHad] = useState<readonly Duty[]>([]);
  const all = [...new Set([...had, ...(DUTIES[me?.role ?? ''] ?? [])])];
  if (all.length > had.length) setHad(all);
  return all;
}

function Page({ route, duties }: { readonly route: Route; readonly duties: readonly Duty[] }) {
  switch (route) {
    case '/accounts':
      return <AccountsPage />;
    case '/payments':
      return <PaymentsPage enters={duties.includes('enter')} approves={duties.includes('approve')} />;
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
    const isByProvider = preferredWay() !== 'here';
    // The screen says what became of it; a failed wipe is an event in the journal, and tried again.
    const left = latch.signOut().finally(() => setLeaving(false));
    // Else the provider would go on knowing who it was, and tell whoever asks next.
    if (isByProvider) void Promise.all([providerSignOut(), left]).then(([url]) => url && location.assign(url));
  }
  return (
    <div className="person">
      <p className="who">
        <span className="name">{me?.name}</span>
        <span className="role">{me && me.role[0]?.toUpperCase() + me.role.slice(1)}</span>
      </p>
      <button
        type="button"
        className="button quiet compact"
        aria-keyshortcuts={LOCK_SHORTCUT}
        title={`Lock, in all tabs (${LOCK_SHORTCUT.replace('Control', 'Ctrl')})`}
        onClick={() => latch.lock()}
      >
        Lock
      </button>
      <button type="button" className="button quiet compact" aria-disabled={leaving} onClick={leave}>
        Sign out
      </button>
    </div>
  );
}
