/** Timeouts from standards and regulations, and a linter that tells what a policy means for the people who work under it. */
export type { Citation } from './standards/citations.js';
export type { LintedPolicy, LintOptions, PolicyFinding, PolicyFindingCode } from './standards/finding.js';
export { lintPolicy } from './standards/lint.js';
export { type Preset, type PresetName, type PresetPolicy, presets } from './standards/presets.js';
