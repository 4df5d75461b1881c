/**
 * What a source file imports, exports and reaches for, read from its syntax tree (vite's parser: the TypeScript compiler of
 * this project has no interface for programs).
 */
import { parseSync } from 'vite';
import { computedAddress, membersOfTime } from './floors.ts';

export interface SourceFile {
  readonly path: string;
  readonly imports: { line: number; to: string; names: string[] }[];
  readonly exports: { line: number; kind: 'default' | 'handed on' }[];
  /** Names used as values and declared nowhere in the file; `Math.random` and the like with their member; timers of any object. */
  readonly globals: { line: number; name: string }[];
  readonly problems: { line: number; text: string }[];
}

/** A node of the syntax tree, of which we know only what every node has. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly [member: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return '';
  if (node.type === 'Identifier') return String(node['name']);
  return node.type === 'Literal' ? String(node['value']) : '';
};

/** The global object by one of its names: what counts is what is taken from it. */
const isThrough = (name: string): boolean => /^(globalThis|window|self)$/.test(name);

export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text, { sourceType: 'module' });
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const file: SourceFile = {
    path,
    imports: [],
    exports: [],
    globals: [],
    problems: errors.map(({ message, labels }) => ({ line: lineOf(labels[0]?.start ?? 0), text: message })),
  };
  walk(program as unknown as Node, [], { file, lineOf });
  return file;
}

interface Walk {
  readonly file: SourceFile;
  readonly lineOf: (offset: number) => number;
}

type Scope = ReadonlySet<string>;

function walk(node: Node, scopes: readonly Scope[], on: Walk): void {
  const { file, lineOf } = on;
  const line = lineOf(node.start);
  const inner = opensScope(node) ? [...scopes, declaredIn(node)] : scopes;
  const visit = (...nodes: unknown[]) => {
    for (const one of nodes.flat()) if (isNode(one)) walk(one, inner, on);
  };
  const isGlobal = (name: string) => !inner.some((scope) => scope.has(name));

  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType': {
      const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
      file.imports.push({
        line,
        to: addressOf(node['source']),
        names: node.type === 'ImportDeclaration' ? specifiers.map((one) => nameOf(one['imported']) || '*') : ['*'],
      });
      if (node.type === 'ExportAllDeclaration') file.exports.push({ line, kind: 'handed on' });
      if (node.type === 'TSImportType') visit(node['typeArguments']);
      return;
    }
    case 'ExportNamedDeclaration': {
      const specifiers = (node['specifiers'] as Node[]) ?? [];
      if (specifiers.some((one) => nameOf(one['exported']) === 'default')) file.exports.push({ line, kind: 'default' });
      if (node['source']) {
        file.imports.push({ line, to: nameOf(node['source']), names: specifiers.map((one) => nameOf(one['local'])) });
        file.exports.push({ line, kind: 'handed on' });
      }
      visit(node['declaration']);
      return;
    }
    case 'ExportDefaultDeclaration':
      file.exports.push({ line, kind: 'default' });
      visit(node['declaration']);
      return;
    case 'Identifier':
    case 'JSXIdentifier': {
      const name = String(node['name']);
      if (isGlobal(name)) file.globals.push({ line, name });
      visit(node['typeAnnotation']);
      return;
    }
    case 'MemberExpression': {
      const object = nameOf(node['object']);
      const member = nameOf(node['property']);
      if (object && isGlobal(object)) {
        // `globalThis.fetch` reaches what `fetch` reaches; `AbortSignal.timeout` more than `AbortSignal`.
        const through = isThrough(object) && !node['computed'];
        file.globals.push({ line, name: through ? member : `${object}.${member}` });
        if (through) return;
      } else if (membersOfTime.has(member) && !node['computed']) {
        file.globals.push({ line, name: member });
      }
      visit(node['object'], node['computed'] ? node['property'] : []);
      return;
    }
    case 'VariableDeclarator': {
      const from = nameOf(node['init']);
      const pattern = node['id'] as Node;
      if (from && isGlobal(from) && pattern.type === 'ObjectPattern') {
        for (const property of pattern['properties'] as Node[]) {
          const member = nameOf(property['key']);
          file.globals.push({ line, name: isThrough(from) ? member : `${from}.${member}` });
        }
      }
      visit(pattern, node['init']);
      return;
    }
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      visit(node['decorators'], node['computed'] ? node['key'] : [], node['value'], node['typeAnnotation']);
      return;
    case 'LabeledStatement':
      visit(node['body']);
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return;
    default:
      // A type reaches nothing when it runs; only the imports inside it count.
      if (isType(node)) typeImports(node, on);
      else visit(children(node));
  }
}

/** What is imported; where that is only known as it runs, that it is computed. */
const addressOf = (source: unknown): string =>
  isNode(source) && source.type === 'Literal' ? nameOf(source) : computedAddress;

const isType = ({ type }: Node): boolean =>
  type.startsWith('TS') &&
  !/^TS(As|Satisfies|NonNull|Instantiation)Expression$|^TSTypeAssertion$|^TSParameter/.test(type);

function typeImports(node: Node, on: Walk): void {
  for (const child of children(node)) {
    if (child.type === 'TSImportType') walk(child, [], on);
    else typeImports(child, on);
  }
}

function opensScope({ type }: Node): boolean {
  return /^(Program|BlockStatement|StaticBlock|SwitchStatement|CatchClause|ClassDeclaration|ClassExpression)$|^For|Function/.test(
    type,
  );
}

/** The names that a node declares for what is inside it. */
function declaredIn(node: Node): Scope {
  const names = new Set<string>();
  const add = (pattern: unknown): void => {
    if (!isNode(pattern)) return;
    if (pattern.type === 'Identifier') names.add(nameOf(pattern));
    else if (pattern.type === 'Property') add(pattern['value']);
    else if (pattern.type === 'AssignmentPattern') add(pattern['left']);
    else if (pattern.type === 'TSParameterProperty') add(pattern['parameter']);
    else for (const part of children(pattern)) if (!part.type.startsWith('TS')) add(part);
  };
  const declare = (statement: unknown): void => {
    if (!isNode(statement)) return;
    if (statement.type === 'VariableDeclaration') for (const one of statement['declarations'] as Node[]) add(one['id']);
    else if (/^(Function|Class|TSEnum)Declaration$/.test(statement.type)) add(statement['id']);
    else if (statement.type === 'ImportDeclaration')
      for (const one of statement['specifiers'] as Node[]) add(one['local']);
    else if (/^Export(Named|Default)Declaration$/.test(statement.type)) declare(statement['declaration']);
  };
  if (Array.isArray(node['params'])) node['params'].forEach(add);
  if (Array.isArray(node['body'])) node['body'].forEach(declare);
  for (const one of (node['cases'] as Node[] | undefined) ?? []) (one['consequent'] as Node[]).forEach(declare);
  add(node['param']);
  add(node['id']);
  declare(node['init']);
  declare(node['left']);
  return names;
}
