/** What is cited: standards, regulations and reports, each with the place in it and where to read it. */

/** A place in a source that anybody can look up. */
export interface Citation {
  readonly title: string;
  /** The section, requirement or article. */
  readonly section: string;
  readonly url: string;
}

export const WCAG_TIMING: Citation = {
  title: 'WCAG 2.2',
  section: '2.2.1 Timing Adjustable',
  url: 'https://www.w3.org/TR/WCAG22/#timing-adjustable',
};

export const OIDC_SECONDS: Citation = {
  title: 'OpenID Connect Core 1.0',
  section: '3.1.2.1 max_age, in seconds',
  url: 'https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest',
};

export const OWASP_EXPIRATION: Citation = {
  title: 'OWASP Session Management Cheat Sheet',
  section: 'Session Expiration',
  url: 'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration',
};

export const NIST_TERMINATION: Citation = {
  title: 'NIST SP 800-53 Rev. 5',
  section: 'AC-12 Session Termination',
  url: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
};

export const HTML_TIMERS: Citation = {
  title: 'HTML Standard',
  section: '8.7 Timers: the timeout is a 32-bit number of milliseconds',
  url: 'https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers',
};

export const MAX_AGE_LOOP: Citation = {
  title: 'qauth-labs/qauth',
  section: 'issue 192: max_age=0 without a grace period loops',
  url: 'https://github.com/qauth-labs/qauth/issues/192',
};

const ASVS_FILES = {
  '7': '0x16-V7-Session-Management.md',
  '8': '0x17-V8-Authorization.md',
  '10': '0x19-V10-OAuth-and-OIDC.md',
} as const;

/** A requirement of OWASP's ASVS, such as `7.3.2`. */
export function asvs(requirement: `${keyof typeof ASVS_FILES}.${number}.${number}`): Citation {
  const chapter = requirement.slice(0, requirement.indexOf('.')) as keyof typeof ASVS_FILES; // the type says so
  return {
    title: 'OWASP ASVS 5.0.0',
    section: requirement,
    url: `https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/${ASVS_FILES[chapter]}`,
  };
}
