/** Hashes of texts: a fast one to see whether content changed, and the two that dbt's manifest holds. */

import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * A 64-bit hash of a text as 16 hexadecimal digits. Not cryptographic: it tells apart versions of honest files and
 * keys caches, nothing else. The same everywhere and for ever within one version of the engine.
 */
export function fastHash(text: string): string {
  // Two lanes of MurmurHash3's 32-bit block mix with other seeds and constants; two code units a round fill a lane.
  let low = 0x9747b28c ^ text.length;
  let high = 0x3c6ef372 ^ text.length;
  const even = text.length & ~1;
  for (let at = 0; at < even; at += 2) {
    const block = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    const first = Math.imul(block, 0xcc9e2d51);
    low ^= Math.imul((first << 15) | (first >>> 17), 0x1b873593);
    low = Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64;
    const second = Math.imul(block, 0x239b961b);
    high ^= Math.imul((second << 16) | (second >>> 16), 0x38b34ae5);
    high = Math.imul((high << 17) | (high >>> 15), 9) + 0x561ccd1b;
  }
  if (even < text.length) {
    const last = text.charCodeAt(even);
    low ^= Math.imul(last, 0xcc9e2d51);
    high ^= Math.imul(last, 0x239b961b);
  }
  low = finalMix(low);
  high = finalMix(high ^ low);
  low = finalMix(low + high);
  return hex32(high) + hex32(low);
}

/** MurmurHash3's finaliser: every input bit reaches every output bit. */
function finalMix(lane: number): number {
  let mixed = lane ^ (lane >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex32(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}

/** Lower-case hexadecimal MD5 of the text's UTF-8 bytes: names of generic tests end with it. */
export function md5Hex(text: string): string {
  return hexOf(md5(utf8(text)));
}

/** Lower-case hexadecimal SHA-256 of the text's UTF-8 bytes: the checksum of the manifest. */
export function sha256Hex(text: string): string {
  return hexOf(sha256(utf8(text)));
}

/**
 * The UTF-8 bytes of a text. A lone surrogate, which Python's `encode` refuses, becomes U+FFFD.
 */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

const encoder = new TextEncoder();

const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_OF_BYTE[byte] ?? '';
  return text;
}
