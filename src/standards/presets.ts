/** Timeouts from standards and regulations: what each of them says, and where. */
import type { Policy } from '../facts/policy.js';
import { type Duration, hours, minutes } from '../time/instant.js';
import { type Citation, OWASP_EXPIRATION } from './citations.js';

/** The part of a policy that a preset fills in: members of the `policy` option, in milliseconds. */
export type PresetPolicy = Partial<
  Pick<
    Policy,
    'idleTimeout' | 'absoluteTimeout' | 'absoluteFrom' | 'warnBefore' | 'warnBeforeAbsolute' | 'onIdle' | 'lockTimeout'
  >
> &
  Pick<Policy, 'source'>;

/**
 * Values from one source. Not a promise to comply with it: most of these are ceilings, several are recommendations, and it is
 * the server that enforces.
 */
export interface Preset {
  /** What the values are from, for people. */
  readonly title: string;
  /** To be spread into a policy: `{ ...presets['pci-dss-4'].policy, absoluteTimeout: hours(8) }`. */
  readonly policy: PresetPolicy;
  /** The members that are the source's. The others are ours, for it leaves them open. */
  readonly sourced: readonly (keyof PresetPolicy)[];
  /** How much the source insists. */
  readonly strength: 'required' | 'recommended' | 'guidance';
  readonly source: Citation;
  /** What to know before using it. */
  readonly note: string;
}

const SP_800_63B_4 = 'https://pages.nist.gov/800-63-4/sp800-63b.html';
const NIST_NOTE =
  'That there is an overall limit is required, its length is a recommendation. It runs from the last authentication, and a new one starts it again.';

/** The names of the presets. */
export type PresetName =
  | 'nist-aal1'
  | 'nist-aal2'
  | 'nist-aal3'
  | 'nist-63b-3-aal2'
  | 'pci-dss-4'
  | 'psd2-rts'
  | 'disa-asd-user'
  | 'disa-asd-admin'
  | 'owasp-high-value'
  | 'owasp-low-risk'
  | 'hmrc';

/** The presets by name, each with source and section. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  'nist-aal1': {
    title: 'Values from NIST SP 800-63B-4, AAL1',
    policy: {
      absoluteTimeout: hours(30 * 24),
      absoluteFrom: 'auth_time',
      warnBeforeAbsolute: hours(1),
      source: 'NIST SP 800-63B-4 section 2.1.3',
    },
    sourced: ['absoluteTimeout', 'absoluteFrom'],
    strength: 'recommended',
    source: { title: 'NIST SP 800-63B-4', section: '2.1.3', url: SP_800_63B_4 },
    note: `${NIST_NOTE} An inactivity limit is not required at this level.`,
  },
  'nist-aal2': {
    title: 'Values from NIST SP 800-63B-4, AAL2',
    policy: {
      idleTimeout: hours(1),
      absoluteTimeout: hours(24),
      absoluteFrom: 'auth_time',
      onIdle: 'end',
      warnBefore: minutes(2),
      warnBeforeAbsolute: hours(1),
      source: 'NIST SP 800-63B-4 section 2.2.3',
    },
    sourced: ['idleTimeout', 'absoluteTimeout', 'absoluteFrom'],
    strength: 'recommended',
    source: { title: 'NIST SP 800-63B-4', section: '2.2.3', url: SP_800_63B_4 },
    note: `${NIST_NOTE} After inactivity one factor and the session secret may be enough.`,
  },
  'nist-aal3': {
    title: 'Values from NIST SP 800-63B-4, AAL3',
    policy: {
      idleTimeout: minutes(15),
      absoluteTimeout: hours(12),
      absoluteFrom: 'auth_time',
      onIdle: 'end',
      warnBefore: minutes(2),
      warnBeforeAbsolute: hours(1),
      source: 'NIST SP 800-63B-4 section 2.3.3',
    },
    sourced: ['idleTimeout', 'absoluteTimeout', 'absoluteFrom'],
    strength: 'required',
    source: { title: 'NIST SP 800-63B-4', section: '2.3.3', url: SP_800_63B_4 },
    note: 'The overall limit is required, the inactivity limit a recommendation. Authenticating again needs all that the first time needed.',
  },
  'nist-63b-3-aal2': {
    title: 'Values from NIST SP 800-63B-3, AAL2',
    policy: {
      idleTimeout: minutes(30),
      absoluteTimeout: hours(12),
      absoluteFrom: 'auth_time',
      onIdle: 'end',
      warnBefore: minutes(2),
      warnBeforeAbsolute: hours(1),
      source: 'NIST SP 800-63B-3 section 4.2.3',
    },
    sourced: ['idleTimeout', 'absoluteTimeout', 'absoluteFrom'],
    strength: 'required',
    source: { title: 'NIST SP 800-63B-3', section: '4.2.3', url: 'https://pages.nist.gov/800-63-3/sp800-63b.html' },
    note: 'Replaced by SP 800-63B-4 in 2025, and still what many auditors ask for.',
  },
  'pci-dss-4': {
    title: 'Values from PCI DSS 4.0.1',
    policy: {
      idleTimeout: minutes(15),
      onIdle: 'lock',
      lockTimeout: minutes(45),
      warnBefore: minutes(2),
      source: 'PCI DSS 4.0.1 8.2.8',
    },
    sourced: ['idleTimeout'],
    strength: 'required',
    source: {
      title: 'PCI DSS 4.0.1',
      section: '8.2.8',
      url: 'https://www.pcisecuritystandards.org/faq/articles/Frequently_Asked_Question/what-is-the-purpose-of-pci-dss-requirement-8-2-8-which-requires-users-to-reauthenticate-after-15-minutes-of-idle-time',
    },
    note: 'It asks for a new authentication to go on. To end the session an hour after the last activity is its example of good practice. It sets no absolute limit.',
  },
  'psd2-rts': {
    title: 'Values from Delegated Regulation (EU) 2018/389',
    policy: { idleTimeout: minutes(5), warnBefore: minutes(1), source: 'Regulation (EU) 2018/389 Article 4(3)(d)' },
    sourced: ['idleTimeout'],
    strength: 'required',
    source: {
      title: 'Commission Delegated Regulation (EU) 2018/389',
      section: 'Article 4(3)(d)',
      url: 'https://eur-lex.europa.eu/eli/reg_del/2018/389/oj',
    },
    note: 'For access to a payment account after strong authentication, where the exemption of Article 10 is not used. It limits inactivity, so activity may extend. It sets no absolute limit.',
  },
  'disa-asd-user': disa('users', 'V-222389', minutes(15)),
  'disa-asd-admin': disa('administrators', 'V-222390', minutes(10)),
  'owasp-high-value': owasp(
    'high value',
    minutes(5),
    minutes(1),
    'The upper ends of 2 to 5 minutes and of 4 to 8 hours.',
  ),
  'owasp-low-risk': owasp(
    'low risk',
    minutes(30),
    minutes(2),
    'The upper ends of 15 to 30 minutes and of 4 to 8 hours.',
  ),
  hmrc: {
    title: 'Values from the HMRC design pattern',
    policy: { idleTimeout: minutes(15), warnBefore: minutes(2), source: 'HMRC design pattern: service timeout' },
    sourced: ['idleTimeout', 'warnBefore'],
    strength: 'guidance',
    source: {
      title: 'HMRC design patterns',
      section: 'Service timeout',
      url: 'https://design.tax.service.gov.uk/hmrc-design-patterns/service-timeout/',
    },
    note: 'A pattern for public services: 15 minutes, and a warning after 13. It sets no absolute limit.',
  },
};

function disa(whom: string, id: string, idleTimeout: Duration): Preset {
  return {
    title: `Values from the DISA ASD STIG V6R4, ${whom}`,
    policy: { idleTimeout, onIdle: 'end', warnBefore: minutes(2), source: `DISA ASD STIG ${id}` },
    sourced: ['idleTimeout', 'onIdle'],
    strength: 'required',
    source: {
      title: 'DISA Application Security and Development STIG V6R4',
      section: id,
      url: `https://stigui.neal.codes/stigs/Application_Security_Development_STIG/groups/${id}`,
    },
    note: 'It asks to terminate the session and to log off. It sets no absolute limit.',
  };
}

function owasp(level: string, idleTimeout: Duration, warnBefore: Duration, note: string): Preset {
  const source = `OWASP Session Management Cheat Sheet, ${level}`;
  return {
    title: `Values from the ${source}`,
    policy: { idleTimeout, absoluteTimeout: hours(8), absoluteFrom: 'session_start', warnBefore, source },
    sourced: ['idleTimeout', 'absoluteTimeout', 'absoluteFrom'],
    strength: 'guidance',
    source: OWASP_EXPIRATION,
    note,
  };
}
