/**
 * The rules that hold the floors up, over a tree of source files. Pure: path and text go in, the lines that break a rule come
 * out, so that the test can show each rule fail on a small tree of its own.
 */
import { posix } from 'node:path';
import { allowedReaches, drawers, entries, fits, floorOf, packages, reachOf, roomOf, rxjsNames } from './floors.ts';
import { readSource, type SourceFile } from './source-file.ts';

/** Path below `src`, with forward slashes → source text. */
export type Sources = ReadonlyMap<string, string>;

/** Every breach of the rules, each as `src/file:line: what is wrong`. */
export function breaches(sources: Sources): string[] {
  const files = [...sources].map(([path, text]) => readSource(path, text));
  const graph = new Map(
    files.map((file) => [file.path, file.imports.flatMap(({ to }) => target(file.path, to) ?? [])]),
  );
  return [
    ...files.flatMap((file) => [
      ...file.problems.map(({ line, text }) => at(file.path, line, text)),
      ...placing(file),
      ...importing(file, sources),
      ...exporting(file),
      ...reaching(file),
    ]),
    ...circles(graph, files),
  ];
}

function placing({ path }: SourceFile): string[] {
  const name = posix.basename(path).replace(/\.tsx?$/, '');
  const said = drawers.test(name) ? [at(path, 1, `"${name}" says nothing about what is inside`)] : [];
  return floorOf(path) === undefined ? [...said, at(path, 1, 'stands on no floor')] : said;
}

function importing(file: SourceFile, sources: Sources): string[] {
  const { path } = file;
  const floor = floorOf(path) ?? 0;
  return file.imports.flatMap(({ line, to, names }) => {
    const fail = (text: string) => [at(path, line, text)];
    if (!to.startsWith('.')) return foreign(path, line, to, names);
    const other = target(path, to);
    if (other === undefined) return fail(`imports "${to}": relative imports end in .js`);
    if (!sources.has(other)) return fail(`imports "${to}", which is no file of src`);
    const below = floorOf(other) ?? Number.POSITIVE_INFINITY;
    if (below < floor || roomOf(other) === roomOf(path)) return [];
    if (below > floor) return fail(`floor ${floor} imports ${other} from floor ${below}`);
    return fail(`${roomOf(path)} imports its sibling ${other}`);
  });
}

/** Imports of packages: only in their places, and of rxjs only what combines and cancels. */
function foreign(path: string, line: number, to: string, names: readonly string[]): string[] {
  const places = packages[to];
  if (!places) return [at(path, line, `imports "${to}", which is no dependency of the SDK`)];
  if (!places.some((place) => fits(path, place))) return [at(path, line, `"${to}" lives in ${places.join(', ')} only`)];
  if (to !== 'rxjs') return [];
  return names
    .filter((name) => !rxjsNames.has(name))
    .map((name) => at(path, line, `"${name}" of rxjs is not on the list: it waits, keeps state, or is new here`));
}

function exporting(file: SourceFile): string[] {
  return file.exports.flatMap(({ line, kind }) => {
    if (kind === 'default') return [at(file.path, line, 'default export')];
    return entries.has(file.path) ? [] : [at(file.path, line, 'hands on what another file exports; only entries do')];
  });
}

function reaching(file: SourceFile): string[] {
  const allowed = allowedReaches(file.path);
  return file.globals.flatMap(({ line, name }) => {
    const reach = reachOf(name);
    return reach === undefined || allowed.has(reach)
      ? []
      : [at(file.path, line, `${name} (${reach}) is out of reach here`)];
  });
}

function circles(graph: ReadonlyMap<string, readonly string[]>, files: readonly SourceFile[]): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path);
    if (seen >= 0) {
      const file = files.find((one) => one.path === trail.at(-1));
      const line = file?.imports.find(({ to }) => target(file.path, to) === path)?.line ?? 1;
      found.push(at(trail.at(-1) ?? path, line, `imports go in a circle: ${[...trail.slice(seen), path].join(' → ')}`));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

const at = (path: string, line: number, text: string): string => `src/${path}:${line}: ${text}`;

/** The file that a relative import means; undefined for packages and where the published extension is missing. */
function target(from: string, to: string): string | undefined {
  if (!to.startsWith('.') || !to.endsWith('.js')) return undefined;
  return posix.join(posix.dirname(from), to).replace(/\.js$/, '.ts');
}
