/** Forms as something that is being written: what is read of them, what never is, and what is put back. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type FormDraft, form } from '../../../src/vault/form.js';

afterEach(() => document.body.replaceChildren());

/** A form of this markup, in the page. */
function make(markup: string): HTMLFormElement {
  const element = document.createElement('form');
  element.innerHTML = markup;
  document.body.append(element);
  return element;
}

const one = <E extends Element = HTMLInputElement>(selector: string): E => document.querySelector(selector) as E;

/** Reads it, makes the same markup anew, and writes it there: what a reload does, the way through storage included. */
function overReload(markup: string, fill: () => void) {
  make(markup);
  fill();
  const source = form(one('form'));
  const stored: FormDraft = JSON.parse(JSON.stringify(source.read()));
  const place = source.place?.();
  document.body.replaceChildren();
  const element = make(markup);
  const heard: string[] = [];
  for (const type of ['input', 'change', 'click']) {
    element.addEventListener(type, ({ target }) => heard.push(`${type} ${(target as HTMLInputElement).name}`));
  }
  const written = form(element).write(stored, place === undefined ? undefined : JSON.parse(JSON.stringify(place)));
  return { stored, written, heard, text: JSON.stringify(stored) };
}

function option(value: string): HTMLOptionElement {
  const element = document.createElement('option');
  element.value = value;
  return element;
}

describe('what is put back', () => {
  it.each([
    ['text', 'Großmutter'],
    ['search', 'a query'],
    ['email', 'a@example.org'],
    ['tel', '+49 1'],
    ['url', 'https://example.org'],
    ['number', '42'],
    ['range', '7'],
    ['color', '#aa00ff'],
    ['date', '2026-11-26'],
    ['time', '14:05'],
    ['month', '2026-11'],
    ['week', '2026-W48'],
    ['datetime-local', '2026-11-26T14:05'],
  ])('is an input of type %s, which tells of it', (type, value) => {
    const { heard, written } = overReload(`<input name="it" type="${type}">`, () => {
      one('input').value = value;
    });
    expect(one('input').value).toBe(value);
    expect(heard).toEqual(['input it', 'change it']);
    expect(written).toEqual({ missing: [], files: [] });
  });

  it('is a text of several lines, emptied fields included', () => {
    overReload('<textarea name="it"></textarea><input name="gone" value="by default">', () => {
      one<HTMLTextAreaElement>('textarea').value = 'one\ntwo';
      one('input').value = '';
    });
    expect(one<HTMLTextAreaElement>('textarea').value).toBe('one\ntwo');
    expect(one('input').value).toBe('');
  });

  it('is one choice, or several', () => {
    const options = '<option value="a">A</option><option value="b">B</option><option value="c">C</option>';
    const { heard } = overReload(
      `<select name="x">${options}</select><select name="y" multiple>${options}</select>`,
      () => {
        one<HTMLSelectElement>('[name=x]').value = 'b';
        for (const option of one<HTMLSelectElement>('[name=y]').options) option.selected = option.value !== 'b';
      },
    );
    expect(one<HTMLSelectElement>('[name=x]').value).toBe('b');
    expect([...one<HTMLSelectElement>('[name=y]').selectedOptions].map(({ value }) => value)).toEqual(['a', 'c']);
    expect(heard).toContain('change x');
  });

  it('is each checkbox and each group of radio buttons, by clicks', () => {
    const markup = `
      <input type="checkbox" name="on"><input type="checkbox" name="off" checked>
      <input type="checkbox" name="of" value="1"><input type="checkbox" name="of" value="2">
      <input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2">
      <input type="radio" name="s" value="1"><input type="radio" name="s" value="2">`;
    const { heard } = overReload(markup, () => {
      for (const selector of ['[name=on]', '[name=of][value="2"]', '[name=r][value="2"]']) one(selector).checked = true;
      one('[name=off]').checked = false;
    });
    const checked = [...document.querySelectorAll<HTMLInputElement>('input:checked')];
    expect(checked.map(({ name, value }) => `${name} ${value}`)).toEqual(['on on', 'of 2', 'r 2']);
    expect(heard.filter((what) => what.startsWith('click'))).toEqual(['click on', 'click off', 'click of', 'click r']);
  });

  it('are fields without a name by their id, and several of one name by their order', () => {
    overReload('<input id="first"><input name="tag"><input name="tag"><input><input>', () => {
      for (const [index, input] of [...document.querySelectorAll('input')].entries()) input.value = `v${index}`;
    });
    expect([...document.querySelectorAll('input')].map(({ value }) => value)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4']);
  });

  it('are fields elsewhere in the page that belong to the form', () => {
    document.body.innerHTML = '<form id="f"></form><input name="far" form="f">';
    one('[name=far]').value = 'away';
    const stored = form(one<HTMLFormElement>('form')).read();
    one('[name=far]').value = '';
    form(one<HTMLFormElement>('form')).write(stored);
    expect(one('[name=far]').value).toBe('away');
  });

  it('is formatted text, without anything that could run', () => {
    const markup = '<div contenteditable="true" id="letter"></div>';
    const { stored } = overReload(markup, () => {
      one<HTMLElement>('#letter').innerHTML =
        '<p onclick="alert(1)">Dear <b>Ana</b>, see <a href="https://example.org" onclick="x()">this</a> or <a href="javascript:alert(1)">that</a></p>' +
        '<script>alert(1)</script><img src=x onerror="alert(1)"><ul><li>one</li></ul>';
    });
    expect(one('#letter').innerHTML).toBe(
      '<p>Dear <b>Ana</b>, see <a href="https://example.org">this</a> or <a>that</a></p><ul><li>one</li></ul>',
    );
    expect(JSON.stringify(stored)).not.toMatch(/alert|onclick|onerror|script/);
  });

  it('is plain editable text', () => {
    overReload('<div contenteditable="plaintext-only" id="note"></div>', () => {
      one('#note').textContent = '<b>as it is</b>';
    });
    expect(one('#note').textContent).toBe('<b>as it is</b>');
  });

  it('are names of files, for the person to choose again', () => {
    make('<input type="file" name="proof" multiple>');
    const files = [new File(['secret content'], 'passport.pdf'), new File([], 'bill.pdf')];
    Object.defineProperty(one('input'), 'files', { value: files });
    const stored = form(one<HTMLFormElement>('form')).read();
    expect(JSON.stringify(stored)).not.toContain('secret content');
    document.body.replaceChildren();
    expect(form(make('<input type="file" name="proof" multiple>')).write(stored)).toEqual({
      missing: [],
      files: ['passport.pdf', 'bill.pdf'],
    });
  });

  it('is the document of a rich editor, by its own words, and nothing of what it draws', () => {
    make('<input name="title"><div id="editor"><div contenteditable="true">drawn <input name="inner"></div></div>');
    let content: unknown = { ops: [{ insert: 'Hello' }] };
    const editors = {
      body: {
        element: one<HTMLElement>('#editor'),
        read: () => content,
        write: (value: unknown) => {
          content = value;
        },
      },
    };
    one('[name=title]').value = 'T';
    const source = form(one<HTMLFormElement>('form'), { editors });
    const stored = JSON.parse(JSON.stringify(source.read()));
    expect(Object.keys(stored.fields)).toHaveLength(1);
    content = undefined;
    source.write(stored);
    expect(content).toEqual({ ops: [{ insert: 'Hello' }] });
  });

  it('waits for choices and fields that come later, and is kept meanwhile', async () => {
    make(
      '<select name="account"><option value="">…</option><option value="7">Seven</option></select><input name="late">',
    );
    one<HTMLSelectElement>('select').value = '7';
    one('input').value = 'typed';
    const stored = form(one<HTMLFormElement>('form')).read();
    document.body.replaceChildren();
    const element = make('<select name="account"><option value="">…</option></select>');
    const source = form(element);
    expect(source.write(stored)).toEqual({ missing: ['account', 'late'], files: [] });
    expect(source.read()).toEqual(stored);
    one('select').append(option('7'));
    element.insertAdjacentHTML('beforeend', '<input name="late">');
    await new Promise((resolve) => queueMicrotask(() => setTimeout(resolve)));
    expect([one<HTMLSelectElement>('select').value, one('input').value]).toEqual(['7', 'typed']);
  });

  it('leaves alone what the person has filled in meanwhile', async () => {
    make('<select name="account"><option value="7">Seven</option></select>');
    const stored = form(one<HTMLFormElement>('form')).read();
    document.body.replaceChildren();
    const element = make('<select name="account"><option value="8">Eight</option></select>');
    const source = form(element);
    const end = source.watch?.(() => {});
    source.write(stored);
    one('select').dispatchEvent(new Event('change', { bubbles: true }));
    one('select').append(option('7'));
    await new Promise((resolve) => queueMicrotask(() => setTimeout(resolve)));
    expect(one<HTMLSelectElement>('select').value).toBe('8');
    end?.();
  });

  it('is the focus and the caret', () => {
    overReload('<input name="a"><textarea name="b"></textarea>', () => {
      const field = one<HTMLTextAreaElement>('textarea');
      field.value = 'one two three';
      field.focus();
      field.setSelectionRange(4, 7);
    });
    const field = one<HTMLTextAreaElement>('textarea');
    expect(document.activeElement).toBe(field);
    expect([field.selectionStart, field.selectionEnd]).toEqual([4, 7]);
  });

  it('stays where somebody was writing when they press a button of the form', () => {
    document.body.innerHTML = '<form><input name="a"><button type="button">Confirm now</button></form>';
    const source = form(one('form'));
    const end = source.watch?.(() => undefined);
    const field = one<HTMLInputElement>('input');
    field.value = 'one two';
    field.focus();
    field.setSelectionRange(3, 3);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    one('button').focus();
    expect(source.place?.()).toEqual({ field: expect.stringContaining('a'), start: 3, end: 3 });
    end?.();
  });
});

describe('what is never kept', () => {
  const SECRET = 'the-secret-marker';

  it.each([
    '<input type="password" name="it">',
    '<input type="text" autocomplete="current-password" name="it">',
    '<input type="text" autocomplete="new-password" name="it">',
    '<input autocomplete="cc-number" name="it">',
    '<input autocomplete="section-pay billing cc-csc" name="it">',
    '<input autocomplete="CC-EXP" name="it">',
    '<input autocomplete="one-time-code" name="it">',
    '<input autocomplete="one-time-code webauthn" name="it">',
    '<select autocomplete="cc-exp-month" name="it"><option value="the-secret-marker">x</option></select>',
    '<input type="hidden" name="it">',
    '<input type="submit" name="it">',
    '<input name="it" data-nightlatch-private>',
    '<input name="it" data-nightlatch-private="false">',
    '<fieldset data-nightlatch-private><div><textarea name="it"></textarea></div></fieldset>',
    '<div contenteditable="true" data-nightlatch-private>the-secret-marker</div>',
    '<div contenteditable="true">open <span data-nightlatch-private>the-secret-marker</span></div>',
  ])('%s', (markup) => {
    make(markup);
    const field = document.querySelector<HTMLInputElement>('[name=it]');
    if (field && field.localName !== 'select') field.value = SECRET;
    const source = form(one<HTMLFormElement>('form'));
    expect(JSON.stringify([source.read(), source.place?.()])).not.toContain(SECRET);
  });

  it('a password that a button shows as text', () => {
    make('<input type="password" name="it">');
    const source = form(one<HTMLFormElement>('form'));
    one('input').value = SECRET;
    one('input').type = 'text';
    expect(JSON.stringify(source.read())).not.toContain(SECRET);
  });

  it('a password that came later, and is shown as text once it has been typed', () => {
    const element = make('');
    const source = form(element);
    const end = source.watch?.(() => {});
    element.insertAdjacentHTML('beforeend', '<input type="password" name="it">');
    one('input').value = SECRET;
    one('input').dispatchEvent(new Event('input', { bubbles: true }));
    one('input').type = 'text';
    expect(JSON.stringify(source.read())).not.toContain(SECRET);
    end?.();
  });

  it('anything in a form that stands within something private, also around a shadow tree', () => {
    document.body.innerHTML = '<section data-nightlatch-private><div id="host"></div></section>';
    const root = one('#host').attachShadow({ mode: 'open' });
    root.innerHTML = '<form><input name="it" value="the-secret-marker"></form>';
    expect(JSON.stringify(form(root.querySelector('form')!).read())).not.toContain(SECRET);
  });

  it('is not written either, where a draft names it', () => {
    make('<input name="it">');
    one('input').value = 'x';
    const stored = form(one<HTMLFormElement>('form')).read();
    document.body.replaceChildren();
    expect(form(make('<input name="it" type="password">')).write(stored)).toEqual({ missing: ['it'], files: [] });
    expect(one('input').value).toBe('');
  });
});

describe('a form that is watched', () => {
  it('tells of each change in it, and of none elsewhere', () => {
    document.body.innerHTML = '<input id="elsewhere">';
    const element = make('<input name="a"><input type="checkbox" name="b">');
    let heard = 0;
    const end = form(element).watch?.(() => {
      heard += 1;
    });
    one('#elsewhere').dispatchEvent(new Event('input', { bubbles: true }));
    expect(heard).toBe(0);
    one('[name=a]').dispatchEvent(new Event('input', { bubbles: true }));
    expect(heard).toBe(1);
    element.dispatchEvent(new Event('reset', { bubbles: true }));
    expect(heard).toBe(2);
    end?.();
    one('[name=a]').dispatchEvent(new Event('input', { bubbles: true }));
    expect(heard).toBe(2);
  });

  it('is emptied at the end of a session without anybody being told', () => {
    const element = make(
      '<input name="a" value="by default"><input type="checkbox" checked name="b"><textarea name="c"></textarea>' +
        '<select name="d"><option>1</option><option>2</option></select><div contenteditable="true">text</div><input type="password" name="p">',
    );
    one('[name=b]').checked = false;
    one<HTMLTextAreaElement>('[name=c]').value = 'typed';
    one<HTMLSelectElement>('select').value = '2';
    const heard: string[] = [];
    for (const type of ['input', 'change', 'click']) element.addEventListener(type, () => heard.push(type));
    form(element).clear?.();
    expect([
      one('[name=a]').value,
      one<HTMLTextAreaElement>('[name=c]').value,
      one('[contenteditable]').textContent,
    ]).toEqual(['', '', '']);
    expect([one('[name=b]').checked, one<HTMLSelectElement>('select').value]).toEqual([true, '1']);
    expect(heard).toEqual([]);
  });
});

describe('any form', () => {
  const typed = (markup: string, text: string) => ({
    markup,
    fill(it: Element) {
      (it as HTMLInputElement).value = text;
    },
  });
  const field = fc.oneof(
    fc.string().map((text) => typed('<input>', text.replaceAll(/[\r\n]/g, ''))),
    fc.string().map((text) => typed('<textarea></textarea>', text)),
    fc.boolean().map((checked) => ({
      markup: '<input type="checkbox">',
      fill(it: Element) {
        (it as HTMLInputElement).checked = checked;
      },
    })),
    fc.subarray(['a', 'b', 'c']).map((values) => ({
      markup: '<select multiple><option>a</option><option>b</option><option>c</option></select>',
      fill(it: Element) {
        for (const one of (it as HTMLSelectElement).options) one.selected = values.includes(one.value);
      },
    })),
  );
  const named = fc.record({
    field,
    name: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('', 'n', '__proto__', '"]#1', 'constructor'),
    ),
  });

  it('is the same after a reload as before', () => {
    fc.assert(
      fc.property(fc.array(named, { maxLength: 8 }), (fields) => {
        const build = (): HTMLFormElement => {
          document.body.replaceChildren();
          const element = make(fields.map(({ field: { markup } }) => markup).join(''));
          for (const [index, { name }] of fields.entries()) element.children[index]?.setAttribute('name', name);
          return element;
        };
        const before = build();
        for (const [
          index,
          {
            field: { fill },
          },
        ] of fields.entries())
          fill(before.children[index] as Element);
        const stored = form(before).read();
        const after = form(build());
        after.write(JSON.parse(JSON.stringify(stored)));
        expect(after.read()).toEqual(stored);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('takes no harm from whatever is put back', () => {
    const name = fc.oneof(
      fc.constantFrom('["input","a"]', '["input","b","on"]', '["select","c"]', '["div","d"]', '["', '[]#1'),
      fc.string(),
    );
    const value = fc.oneof(
      fc.anything(),
      fc.record({
        is: fc.constantFrom('text', 'checked', 'chosen', 'files', 'rich'),
        text: fc.anything(),
        checked: fc.anything(),
        values: fc.anything(),
        names: fc.anything(),
        nodes: fc.anything(),
      }),
      fc.record({
        is: fc.constant('rich'),
        nodes: fc.array(
          fc.tuple(
            fc.constantFrom('b', 'script', 'img', 'a'),
            fc.constantFrom('', 'javascript:alert(1)', 'https://x'),
            fc.array(fc.string()),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ fields: fc.dictionary(name, value), editors: fc.anything() })),
        fc.anything(),
        (stored, place) => {
          document.body.replaceChildren();
          const element = make(
            '<input name="a"><input type="checkbox" name="b"><select name="c"><option>x</option></select><div id="d" contenteditable="true"></div>',
          );
          form(element).write(stored as FormDraft, place);
          expect(element.querySelector('script, img, [href^=javascript]')).toBeNull();
        },
      ),
      { numRuns: 100 },
    );
  }, 30_000);
});
