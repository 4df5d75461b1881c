/** The calls behind one door: each is written down with its operation, and nothing runs before its session is admitted. */
import { type Context, Hono } from 'hono';
import type { Operation } from '../people/rights.js';
import { type Admitted, admit, unchanged } from '../sessions/admit.js';
import { admissions, type Call } from '../sessions/refusal.js';
import type { Session } from '../sessions/session.js';
import type { Changed } from '../sessions/store.js';
import type { SessionPorts } from '../sessions/update-session.js';
import { claimOf, type Door } from './door.js';
import type { Endpoints, Method } from './endpoints.js';
import { jsonBody } from './json-body.js';

/** One request whose session is open and may do this. */
export interface Permitted {
  readonly c: Context;
  readonly session: Session;
  /** What is sent, judged when it is asked for. */
  readonly body: () => unknown;
  /** A part of the path. */
  readonly param: (name: string) => string;
}

/** One request about a session, which runs `change` if the call is admitted. */
export interface AboutSession {
  readonly c: Context;
  readonly body: () => unknown;
  readonly claim: ReturnType<typeof claimOf>;
  admit<T>(change: (session: Session, now: number) => Changed<T>): Promise<Admitted<T>>;
}

type Answer = Response | Promise<Response>;

export interface Api {
  readonly routes: Hono;
  /** An operation of the app. Reading needs no name of the session; everything else does. */
  operation(method: Method, path: string, operation: Operation, run: (request: Permitted) => Answer): void;
  /** Something done to the session itself. */
  aboutSession(method: Method, path: string, call: Call, run: (request: AboutSession) => Answer): void;
  /** Open to everybody: signing in, and what a demo shows. */
  open(method: Method, path: string, name: string, run: (c: Context, body: () => unknown) => Answer): void;
}

export interface ApiOptions {
  readonly ports: SessionPorts;
  readonly endpoints: Pick<Endpoints, 'add'>;
  readonly door: Door;
  /** Where it is mounted. */
  readonly base: string;
}

export function createApi({ ports, endpoints, door, base }: ApiOptions): Api {
  const routes = new Hono();
  const fullPath = (path: string): string => (path === '/' ? base : `${base}${path}`);

  return {
    routes,

    operation(method, path, operation, run) {
      const call = method === 'GET' ? 'read' : 'act';
      endpoints.add({ method, path: fullPath(path), operation, door: door.name, call });
      routes.on(method, path, async (c) => {
        const body = await bodyOf(c, method);
        const { session } = await admit(ports, claimOf(c, door, operation), admissions[call], unchanged);
        return run({ c, session, body, param: (name) => c.req.param(name) ?? '' });
      });
    },

    aboutSession(method, path, call, run) {
      endpoints.add({ method, path: fullPath(path), operation: `session:${words(call)}`, door: door.name, call });
      routes.on(method, path, async (c) => {
        const body = await bodyOf(c, method);
        const claim = claimOf(c, door);
        return run({ c, body, claim, admit: (change) => admit(ports, claim, admissions[call], change) });
      });
    },

    open(method, path, name, run) {
      endpoints.add({ method, path: fullPath(path), operation: `open:${name}`, door: null, call: null });
      routes.on(method, path, async (c) => run(c, await bodyOf(c, method)));
    },
  };
}

const nothing = (): unknown => undefined;

const bodyOf = async (c: Context, method: Method): Promise<() => unknown> =>
  method === 'GET' || method === 'DELETE' ? nothing : jsonBody(c);

const words = (call: Call): string => call.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
