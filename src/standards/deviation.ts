/** Where a policy is weaker than the preset that it names, and whether it says why (ASVS 7.1.1). */
import { asvs, type Citation } from './citations.js';
import { type LintedPolicy, type LintOptions, type PolicyFinding, spoken } from './finding.js';
import { type Preset, type PresetName, type PresetPolicy, presets } from './presets.js';

export function deviationFindings(policy: LintedPolicy, { preset: name }: LintOptions): PolicyFinding[] {
  const preset = name === undefined ? presetOfSource(policy.source) : presetNamed(name);
  if (!preset) return [];
  const reason = policy.justification?.trim() ?? '';
  return preset.sourced.flatMap((member): PolicyFinding[] => {
    const said = weaker(member, policy, preset.policy);
    if (said === undefined) return [];
    const why =
      reason === ''
        ? `Say why in justification, which ${citation(asvs('7.1.1'))} asks for.`
        : `Justified by: ${reason}`;
    return [
      {
        code: 'deviates-from-preset',
        severity: reason === '' ? 'warning' : 'notice',
        member,
        message: `${said} in ${citation(preset.source)}. ${why}`,
        source: preset.source,
      },
    ];
  });
}

function presetNamed(name: PresetName): Preset {
  if (!Object.hasOwn(presets, name)) {
    throw new RangeError(`preset is ${JSON.stringify(name)}; expected one of ${Object.keys(presets).join(', ')}`);
  }
  return presets[name];
}

function presetOfSource(source: string | null | undefined): Preset | undefined {
  return Object.values(presets).find((preset) => preset.policy.source === source);
}

/** What is weaker, as the beginning of a sentence. A stricter policy keeps to its preset. */
function weaker(member: keyof PresetPolicy, policy: LintedPolicy, preset: PresetPolicy): string | undefined {
  switch (member) {
    case 'idleTimeout':
    case 'absoluteTimeout':
    case 'lockTimeout': {
      const [ours, theirs] = [policy[member] ?? null, preset[member] ?? null];
      if (theirs === null || (ours !== null && ours <= theirs)) return undefined;
      return `${member} is ${ours === null ? 'not set' : spoken(ours)}, and at most ${spoken(theirs)}`;
    }
    case 'warnBefore':
    case 'warnBeforeAbsolute': {
      const [ours, theirs] = [policy[member], preset[member]];
      if (ours === undefined || theirs === undefined || ours >= theirs) return undefined;
      return `${member} is ${spoken(ours)}, and at least ${spoken(theirs)}`;
    }
    case 'absoluteFrom':
      // From the start of the session is the stricter of the two: nothing begins it again.
      return preset.absoluteFrom === 'session_start' && policy.absoluteFrom === 'auth_time'
        ? 'absoluteFrom is auth_time, and session_start'
        : undefined;
    case 'onIdle':
      return preset.onIdle === 'end' && policy.onIdle === 'lock' ? 'onIdle is lock, and end' : undefined;
    case 'source':
      return undefined;
  }
}

function citation({ title, section }: Citation): string {
  return `${title} ${section}`;
}
