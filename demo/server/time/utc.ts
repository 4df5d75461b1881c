/** An instant as people and logs read it: ISO 8601, in UTC. */
export const utc = (instant: number): string => new Date(instant).toISOString();
