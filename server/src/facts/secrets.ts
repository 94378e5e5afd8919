/** Which keys hold secrets, and which values of them are no secret after all: placeholders and references to the environment. */

import type { PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { pyStr } from '../dbt/python-repr.ts';

/** Keys whose value is a secret (rules.md, profile-plaintext-secret), in lower case. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  'password',
  'pass',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'oauth_client_secret',
  'private_key',
  'private_key_passphrase',
  'secret_access_key',
  'aws_secret_access_key',
  'aws_session_token',
  'api_key',
  'jwt',
  'motherduck_token',
  'sslpassword',
]);

/** True for the name of a key that holds a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase());
}

/** What stands in the place of a secret. */
export function secretState(value: PyValue): 'empty' | 'environment' | 'placeholder' | 'literal' {
  if (value === null || value === '') return 'empty';
  const text = typeof value === 'string' ? value.trim() : pyStr(value);
  if (/\{\{.*\}\}|\$\{[^}]*\}|^%[^%]+%$|^@[^@]+@$/s.test(text)) return 'environment';
  return isPlaceholder(text) ? 'placeholder' : 'literal';
}

function isPlaceholder(text: string): boolean {
  return (
    /^<.*>$|^\[.*\]$|^\*+$|^x+$|^\.+$/i.test(text) ||
    /^(?:your[-_ ].*|change[-_ ]?me|changeit|todo|tbd|placeholder|example|dummy|none|null|secret|password_here|.*[-_]here)$/i.test(text)
  );
}

/** `https://user:secret@host`, as in the address of a package. */
const SECRET_IN_ADDRESS = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** True if a YAML value holds the text of a secret, under a key for one or in an address. */
export function holdsSecret(value: PyValue): boolean {
  if (typeof value === 'string') return SECRET_IN_ADDRESS.test(value) && !value.includes('{{');
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isPyDict(value)) return false;
  for (const [key, child] of value) {
    if (typeof key === 'string' && typeof child === 'string' && isSecretKey(key) && secretState(child) === 'literal') return true;
    if (holdsSecret(child)) return true;
  }
  return false;
}
