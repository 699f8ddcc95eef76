import type { UnreadableReason } from './unreadable-export';

export type FileKind = 'zip' | 'xml';

/** Bytes of the beginning that `sniff` wants to see; fewer are enough when there are no more. */
export const SNIFF_BYTES = 4_096;

const ZIP_SIGNATURES = ['504b0304', '504b0506', '504b0708'];
const UTF16_LE = 'fffe';
const UTF16_BE = 'feff';

/** What a file is, judged by its first bytes and never by its name; a reason when it is nothing that can be read. */
export function sniff(head: Buffer): FileKind | { readonly unreadable: UnreadableReason } {
  if (head.length === 0) return { unreadable: 'empty_file' };
  const signature = head.toString('hex', 0, 4);
  if (ZIP_SIGNATURES.includes(signature)) return 'zip';
  if (signature.startsWith('1f8b')) return { unreadable: 'gzip_not_supported' };
  return isXml(head, signature) ? 'xml' : { unreadable: 'not_zip_or_xml' };
}

/** UTF-16 passes here: the import says what is wrong with it. */
function isXml(head: Buffer, signature: string): boolean {
  if (signature.startsWith(UTF16_LE) || signature.startsWith(UTF16_BE)) return true;
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  return /^[\s\0]*</.test(text);
}
