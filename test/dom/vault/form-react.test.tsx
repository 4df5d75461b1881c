/** What is put back into a form of React's: its state hears of it as of a person's own typing. */
import { act, cleanup, render } from '@testing-library/react';
import { type ChangeEvent, useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { form } from '../../../src/vault/form.js';

afterEach(cleanup);

const EMPTY = { text: '', lines: '', choice: '', on: false, way: '' };

/** The last state that the form has rendered. */
let state = EMPTY;

function Form() {
  const [typed, setTyped] = useState(EMPTY);
  state = typed;
  const hear = ({ target }: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => {
    const value = target.type === 'checkbox' ? (target as HTMLInputElement).checked : target.value;
    setTyped((last) => ({ ...last, [target.name]: value }));
  };
  return (
    <form>
      <input name="text" value={typed.text} onChange={hear} />
      <textarea name="lines" value={typed.lines} onChange={hear} />
      <select name="choice" value={typed.choice} onChange={hear}>
        <option value="">–</option>
        <option value="b">B</option>
      </select>
      <input type="checkbox" name="on" checked={typed.on} onChange={hear} />
      {['x', 'y'].map((way) => (
        <input key={way} type="radio" name="way" value={way} checked={typed.way === way} onChange={hear} />
      ))}
    </form>
  );
}

describe('a form of React’s', () => {
  it('has in its state what has been put back', () => {
    const filled = document.createElement('form');
    filled.innerHTML =
      '<input name="text" value="Großmutter"><textarea name="lines">one\ntwo</textarea>' +
      '<select name="choice"><option value="">–</option><option value="b" selected>B</option></select>' +
      '<input type="checkbox" name="on" checked>' +
      '<input type="radio" name="way" value="x"><input type="radio" name="way" value="y" checked>';
    const stored = form(filled).read();
    const { container } = render(<Form />);
    expect(state).toEqual(EMPTY);
    act(() => {
      form(container.querySelector('form') as HTMLFormElement).write(stored);
    });
    expect(state).toEqual({ text: 'Großmutter', lines: 'one\ntwo', choice: 'b', on: true, way: 'y' });
    // Rendered from that state, so that the next rendering takes nothing back.
    expect(form(container.querySelector('form') as HTMLFormElement).read()).toEqual(stored);
  });
});
