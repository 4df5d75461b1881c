/** A listening socket around a request listener. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

export function listen(listener: RequestListener, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: bound } = server.address() as AddressInfo; // not a pipe: we gave host and port
      resolve({ port: bound, close: () => closed(server) });
    });
  });
}

/** The given port, or the next one that is free. */
export async function listenNear(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const portsTried = 20;
  for (let next = port; ; next += 1) {
    try {
      return await listen(listener, { host, port: next });
    } catch (error) {
      if (!isPortTaken(error) || next === port + portsTried) throw error;
    }
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
