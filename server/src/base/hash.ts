/** Hashes of texts: a fast one to see whether content changed, and the two that dbt's manifest holds. */

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

/**
 * Lower-case hexadecimal MD5 of the text's UTF-8 bytes: names of generic tests end with it. A project has tens of thousands
 * of them, over short texts, for which a library's objects cost more than the sum itself; hence this one (RFC 1321).
 */
export function md5Hex(text: string): string {
  const words = paddedWords(text);
  let a0 = 0x67452301;
  let b0 = 0xefcdab89 | 0;
  let c0 = 0x98badcfe | 0;
  let d0 = 0x10325476;
  for (let block = 0; block < words; block += 16) {
    let a = a0;
    let b = b0;
    let c = c0;
    let d = d0;
    let held: number;
    let step = 0;
    // One loop for each of the four functions: a branch at every step would cost more than the step.
    for (; step < 16; step += 1) {
      held = (a + ((b & c) | (~b & d)) + (MD5_SINES[step] ?? 0) + (md5Words[block + step] ?? 0)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + turned(held, MD5_TURNS[step & 3] ?? 0)) | 0;
    }
    for (; step < 32; step += 1) {
      held = (a + ((d & b) | (~d & c)) + (MD5_SINES[step] ?? 0) + (md5Words[block + ((5 * step + 1) & 15)] ?? 0)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + turned(held, MD5_TURNS[4 | (step & 3)] ?? 0)) | 0;
    }
    for (; step < 48; step += 1) {
      held = (a + (b ^ c ^ d) + (MD5_SINES[step] ?? 0) + (md5Words[block + ((3 * step + 5) & 15)] ?? 0)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + turned(held, MD5_TURNS[8 | (step & 3)] ?? 0)) | 0;
    }
    for (; step < 64; step += 1) {
      held = (a + (c ^ (b | ~d)) + (MD5_SINES[step] ?? 0) + (md5Words[block + ((7 * step) & 15)] ?? 0)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + turned(held, MD5_TURNS[12 | (step & 3)] ?? 0)) | 0;
    }
    a0 = (a0 + a) | 0;
    b0 = (b0 + b) | 0;
    c0 = (c0 + c) | 0;
    d0 = (d0 + d) | 0;
  }
  return hexOfWord(a0) + hexOfWord(b0) + hexOfWord(c0) + hexOfWord(d0);
}

function turned(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

const MD5_SINES = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 0x1_0000_0000) | 0);
const MD5_TURNS = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

/** The padded message in little-endian words; it grows with the longest text and is used again for the next. */
let md5Words = new Int32Array(256);

/** Fills `md5Words` with the bytes of a text and the padding; returns how many words those are. */
function paddedWords(text: string): number {
  let length = text.length;
  let words = wordsFor(length);
  for (let at = 0; at < length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) {
      const bytes = utf8(text);
      length = bytes.length;
      words = wordsFor(length);
      for (let byte = 0; byte < length; byte += 1) setByte(byte, bytes[byte] ?? 0);
      break;
    }
    setByte(at, unit);
  }
  setByte(length, 0x80);
  md5Words[words - 2] = length << 3;
  md5Words[words - 1] = length >>> 29;
  return words;
}

/** Makes room for a message of so many bytes, all zero; returns the number of its words: whole blocks of 16. */
function wordsFor(bytes: number): number {
  const words = (((bytes + 8) >> 6) + 1) << 4;
  if (md5Words.length < words) md5Words = new Int32Array(words * 2);
  else md5Words.fill(0, 0, words);
  return words;
}

function setByte(at: number, byte: number): void {
  md5Words[at >> 2] = (md5Words[at >> 2] ?? 0) | (byte << ((at & 3) << 3));
}

function hexOfWord(word: number): string {
  return byteHex(word) + byteHex(word >>> 8) + byteHex(word >>> 16) + byteHex(word >>> 24);
}

function byteHex(word: number): string {
  return HEX_OF_BYTE[word & 0xff] ?? '';
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
