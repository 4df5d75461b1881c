/** What is shown in which phase. */
import type { SessionView } from 'nightlatch';
import { useSessionView } from 'nightlatch/react';
import { useState } from 'react';
import { InsightPanel } from './insight/insight-panel.js';
import { Frame, Mark } from './kit/brand.js';
import { SignInPage } from './sign-in/sign-in-page.js';
import { Workspace } from './workspace.js';

export function App() {
  const view = useSessionView();
  const shown = useShown(view);
  if (shown !== undefined) return <Workspace key={shown} sessionId={shown} />;
  return (
    <Frame
      home={
        <a className="brand" href="/">
          <Mark /> Kestrel Bank <span className="where">Back office</span>
        </a>
      }
      beside={<InsightPanel />}
    >
      {view.phase === 'absent' ? (
        <SignInPage {...(view.lastEnd ? { lastEnd: view.lastEnd } : {})} />
      ) : (
        <Quiet view={view} />
      )}
    </Frame>
  );
}

/** Nothing to see: the session is being looked for, or it is over and the latch's own screen says so. */
function Quiet({ view }: { readonly view: SessionView }) {
  return <p className="soft">{view.phase === 'pending' ? 'Looking for your session…' : 'The session is over.'}</p>;
}

/**
 * The session whose work is in the page. It stays there, with what was typed, while it is covered and may open again;
 * it goes when the session ends, so that nothing of it is left in memory.
 */
function useShown(view: SessionView): string | undefined {
  const [shown, setShown] = useState<string>();
  const next = shownSession(view, shown);
  if (next !== shown) setShown(next);
  return next;
}

function shownSession(view: SessionView, shown: string | undefined): string | undefined {
  switch (view.phase) {
    case 'active':
    case 'warning':
      return view.session.id;
    case 'locked':
    case 'expired':
      return view.session.id === shown ? shown : undefined;
    case 'pending':
      return shown;
    case 'absent':
    case 'ended':
      return undefined;
  }
}
