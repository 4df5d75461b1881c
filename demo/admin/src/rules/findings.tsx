/** What the linter has to say, once for all roles that it says it of. */
import { Badge, type Tone } from '../../../app/src/kit/parts.js';
import type { Finding } from './rules-api.js';

const TONES: Readonly<Record<string, Tone>> = { error: 'bad', warning: 'warn' };

export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return <p className="small soft">Nothing.</p>;
  return (
    <ul className="findings">
      {together(findings).map(({ finding: { code, severity, message, source }, roles }) => (
        <li key={`${code} ${message}`}>
          <Badge tone={TONES[severity] ?? 'plain'}>{severity}</Badge>
          <p className="small">
            <strong>{roles.join(', ')}:</strong> {message}{' '}
            <a href={source.url} rel="noopener noreferrer" target="_blank">
              {source.title}
              {source.section && `, ${source.section}`}
            </a>
          </p>
        </li>
      ))}
    </ul>
  );
}

function together(findings: readonly Finding[]) {
  const found = new Map<string, { readonly finding: Finding; readonly roles: string[] }>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.message}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { finding, roles: [finding.role] });
    else known.roles.push(finding.role);
  }
  return [...found.values()];
}
