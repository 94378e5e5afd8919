/** The shape of the answers that `oracle/yaml_oracle.py` records, and our values in that shape. */
import type { PyValue } from '../../server/src/base/python-values.ts';

export interface YamlAnswer {
  readonly text: string;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: string;
  readonly line?: number;
  readonly column?: number;
}

export function encodePyValue(value: PyValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return ['int', value.toString()];
  if (Array.isArray(value)) return ['list', ...value.map(encodePyValue)];
  if (value instanceof Map) return ['dict', ...[...value].map(([key, item]) => [encodePyValue(key), encodePyValue(item)])];
  if (value.kind === 'tuple') return ['tuple', ...value.items.map(encodePyValue)];
  if (value.kind === 'date') return [value.hasTime ? 'datetime' : 'date', value.text];
  return ['float', pythonRepr(value.value)];
}

/** Python's `repr` of a float, which writes whole numbers with `.0` and turns to exponents earlier than JavaScript. */
function pythonRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= 16 || power < -4) return `${digits}e${power < 0 ? '-' : '+'}${Math.abs(power).toString().padStart(2, '0')}`;
  const plain = value.toString();
  if (plain.includes('e')) return value.toFixed(Math.max(0, digits.replace(/^-?\d\.?/, '').length - power));
  return plain.includes('.') ? plain : `${plain}.0`;
}
