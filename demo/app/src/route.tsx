/** Which page is shown: the path, and nothing else. */
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';

export const ROUTES = ['/accounts', '/payments', '/new-payment', '/logs'] as const;

export type Route = (typeof ROUTES)[number];

const MOVED = 'app-moved';

export function useRoute(): Route {
  const path = useSyncExternalStore(follow, () => location.pathname);
  return ROUTES.find((route) => route === path) ?? '/accounts';
}

export function go(route: Route): void {
  history.pushState(null, '', route);
  dispatchEvent(new Event(MOVED));
  scrollTo({ top: 0 });
}

interface LinkProps {
  readonly to: Route;
  readonly className?: string;
  readonly current?: boolean;
  /** It leads nowhere now; `describedBy` says why. It keeps its place, and the focus. */
  readonly disabled?: boolean;
  readonly describedBy?: string;
  readonly children: ReactNode;
}

/** A real link: it can be opened in another tab. */
export function Link({ to, className, current = false, disabled = false, describedBy, children }: LinkProps) {
  function follow(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  }
  return (
    <a
      {...(disabled ? { role: 'link', tabIndex: 0, 'aria-disabled': true } : { href: to, onClick: follow })}
      className={className}
      aria-current={current ? 'page' : undefined}
      aria-describedby={describedBy}
    >
      {children}
    </a>
  );
}

function follow(changed: () => void): () => void {
  addEventListener('popstate', changed);
  addEventListener(MOVED, changed);
  return () => {
    removeEventListener('popstate', changed);
    removeEventListener(MOVED, changed);
  };
}
