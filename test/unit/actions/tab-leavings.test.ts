import { describe, expect, it } from 'vitest';
import type { Wiper } from '../../../src/ports.js';
import { seconds } from '../../../src/time/instant.js';
import { createScene } from '../support/tabs.js';

/** A person at work in two tabs, of which each notes whose leavings it clears. */
async function atWork() {
  const scene = createScene();
  const open = () => {
    const wiped: string[] = [];
    const wiper: Wiper = { name: 'drafts', scope: 'tab', wipe: ({ sessionId }) => void wiped.push(sessionId) };
    return Object.assign(scene.open({ wipe: [wiper] }), { wiped });
  };
  const gone = open();
  void gone.latch.begin({ signIn: async () => void (await gone.backend?.signIn('ana')) });
  await scene.pass(seconds(5));
  const other = open();
  await scene.pass(seconds(5));
  expect([gone.phase(), other.phase()]).toEqual(['active', 'active']);
  const view = other.latch.getView();
  const id = 'session' in view ? view.session.id : '';
  return { ...scene, gone, other, id };
}

describe('what a tab keeps of a session that ended while no page was in it', () => {
  it('is wiped when its next page hears of the end', async () => {
    const { gone, other, id, reload, pass } = await atWork();
    gone.page.crash();
    void other.latch.signOut();
    await pass(seconds(5));
    reload(gone);
    await pass(seconds(5));
    expect(gone.phase()).toBe('absent');
    expect(gone.wiped).toEqual([id]);
    reload(gone);
    await pass(seconds(5));
    expect(gone.wiped).toEqual([id]);
  });

  it('is wiped before a later session opens there, and what that one leaves is not', async () => {
    const { gone, other, id, reload, pass } = await atWork();
    gone.page.crash();
    void other.latch.signOut();
    await pass(seconds(5));
    void other.latch.begin({ signIn: async () => void (await other.backend?.signIn('ben')) });
    await pass(seconds(5));
    const wiped: string[] = [];
    reload(gone);
    gone.latch.subscribe(({ phase }) => wiped.push(`${phase} ${gone.wiped.join()}`));
    await pass(seconds(5));
    expect(wiped).toEqual([`active ${id}`]);
    reload(gone);
    await pass(seconds(5));
    expect([gone.phase(), gone.wiped]).toEqual(['active', [id]]);
  });

  it('is wiped before somebody signs in there', async () => {
    const { gone, other, id, reload, pass } = await atWork();
    gone.page.crash();
    void other.latch.signOut();
    await pass(seconds(5));
    other.tab.close();
    reload(gone);
    const signIn = async () => {
      expect(gone.wiped).toEqual([id]);
      await gone.backend?.signIn('ben');
    };
    void gone.latch.begin({ signIn });
    await pass(seconds(5));
    expect([gone.phase(), gone.wiped]).toEqual(['active', [id]]);
  });

  it('stays while the session goes on', async () => {
    const { gone, reload, pass } = await atWork();
    gone.page.crash();
    reload(gone);
    await pass(seconds(5));
    expect([gone.phase(), gone.wiped]).toEqual(['active', []]);
  });
});
