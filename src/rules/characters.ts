/** What a scanner needs of a string, so that a test can count how often it looks. */
export type Characters = Pick<string, 'length' | 'charCodeAt' | 'slice'>;
