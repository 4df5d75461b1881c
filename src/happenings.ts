/** What happened between two views, for those who want to be told rather than to look. */
import type { Happening } from './events.js';
import { isOpen, type SessionView } from './rules/view.js';

/**
 * The happenings that follow from a change of view, in order. `shownId` is the session this page has shown: what it
 * finds ended when it is loaded is no news. `openedId` is the one last told of as opened.
 */
export function happenings(
  previous: SessionView,
  next: SessionView,
  { shownId, openedId }: { readonly shownId: string | undefined; readonly openedId: string | undefined },
): readonly Happening[] {
  switch (next.phase) {
    case 'pending':
    case 'absent':
      return [];
    case 'active':
    case 'warning':
      return [...opening(previous, next, openedId), ...warning(previous, next)];
    case 'locked':
      return previous.phase === 'locked' ? [] : [{ type: 'session-locked', sessionId: next.session.id }];
    case 'expired':
      if (previous.phase === 'expired') return [];
      return [{ type: 'session-expired', sessionId: next.session.id, cause: next.deadline.cause }];
    case 'ended':
      if (next.session.id !== shownId) return [];
      if (previous.phase === 'ended' && previous.session.id === shownId && previous.reason === next.reason) return [];
      return [
        {
          type: 'session-ended',
          sessionId: next.session.id,
          reason: next.reason,
          ...(next.detail === undefined ? {} : { detail: next.detail }),
        },
      ];
  }
}

function opening(
  previous: SessionView,
  next: Extract<SessionView, { phase: 'active' | 'warning' }>,
  openedId: string | undefined,
): readonly Happening[] {
  const sessionId = next.session.id;
  if (openedId !== sessionId) return [{ type: 'session-opened', sessionId }];
  return previous.phase === 'locked' ? [{ type: 'session-unlocked', sessionId }] : [];
}

function warning(previous: SessionView, next: SessionView): readonly Happening[] {
  if (next.phase !== 'warning') return [];
  const { cause, at: deadline } = next.deadline;
  if (isOpen(previous) && previous.phase === 'warning' && previous.deadline.cause === cause) return [];
  return [{ type: 'warning-shown', sessionId: next.session.id, cause, deadline }];
}
