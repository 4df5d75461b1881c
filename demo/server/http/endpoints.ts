/** All calls this server answers, each with the operation it is: the list that policies, tests and the start itself go by. */
import { type DoorName, type Operation, operations } from '../people/rights.js';
import type { Routes } from '../policies/resolve.js';
import type { Call } from '../sessions/refusal.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Endpoint {
  readonly method: Method;
  /** From the root, parameters as `:name`. */
  readonly path: string;
  /** An operation that rules are about; or what is done to the session itself, such as `session:touch`; or `open:…`. */
  readonly operation: Operation | `session:${string}` | `open:${string}`;
  /** Null: open to everybody. */
  readonly door: DoorName | null;
  /** What a call must bring, and what it lets pass. Null: nothing. */
  readonly call: Call | null;
}

export interface Endpoints {
  add(endpoint: Endpoint): void;
  list(): readonly Endpoint[];
}

export function createEndpoints(): Endpoints {
  const endpoints: Endpoint[] = [];
  return {
    add(endpoint) {
      const { method, path } = endpoint;
      if (endpoints.some((known) => known.method === method && known.path === path)) {
        throw new Error(`${method} ${path} is there already`);
      }
      if (!isNamed(endpoint)) throw new Error(`${method} ${path} names no operation that rules know`);
      endpoints.push(endpoint);
    },
    list: () => [...endpoints],
  };
}

const isNamed = ({ operation }: Endpoint): boolean =>
  operations.some((known) => known === operation) || /^(session|open):[a-z-]+$/.test(operation);

/** What browsers are told: which request is which operation. The first that fits counts; paths here fit one another's never. */
export function routesOf(endpoints: readonly Endpoint[]): Routes {
  const behind = (door: DoorName) =>
    endpoints
      .filter((endpoint) => endpoint.door === door && !/^(session|open):/.test(endpoint.operation))
      .map(({ method, path, operation }) => ({ method, path: path.replace(/:[a-z]+/g, '*'), operation }));
  return { bank: behind('bank'), admin: behind('admin') };
}

/** As Hono lists what it answers. */
interface Mounted {
  readonly method: string;
  readonly path: string;
  readonly handler: unknown;
}

/** Throws where something is mounted under one of the API's paths that is no endpoint: nobody would have checked who calls it. */
export function requireOperations(
  mounted: readonly Mounted[],
  {
    endpoints,
    under,
    except,
  }: {
    readonly endpoints: readonly Endpoint[];
    readonly under: readonly string[];
    /** What answers nothing by itself. */
    readonly except: readonly unknown[];
  },
): void {
  const known = new Set(endpoints.map(({ method, path }) => `${method} ${path}`));
  for (const { method, path, handler } of mounted) {
    const isApi = under.some((root) => path === root || path.startsWith(`${root}/`));
    const name = `${method} ${path.replace(/(?<=.)\/$/, '')}`;
    if (isApi && !except.includes(handler) && !known.has(name)) throw new Error(`${name} names no operation`);
  }
}
