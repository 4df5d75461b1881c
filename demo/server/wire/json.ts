/** What can be said in JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export type JsonObject = { readonly [member: string]: Json };
