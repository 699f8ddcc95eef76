import { BusinessLogicError, type ErrorDetails } from '@app/common/core';

const AGAIN = 'Export again on the phone (Health, profile picture, Export All Health Data) and send the zip as it is.';
const UPLOAD_AGAIN = 'The file seems to be cut off: upload it again, and if that fails too, export again on the phone.';

/** What can be wrong with a file, each with what a person can do about it. */
export const UNREADABLE_HINTS = {
  empty_file: 'The upload has no bytes. Check that the file is not empty and that it is sent as field `file`.',
  not_zip_or_xml: `This is neither a zip nor an XML file. ${AGAIN}`,
  gzip_not_supported: 'This is a gzip file. Unpack it and send the zip or the XML inside.',
  wrong_encoding: 'The XML is not UTF-8. Send the file as the phone made it, not saved again by an editor.',
  no_health_data: `This XML has no <HealthData> element, so it is not an Apple Health export. ${AGAIN}`,
  xml_truncated: `The XML ends in the middle. ${UPLOAD_AGAIN}`,
  xml_malformed: `The XML is damaged at byte_offset. ${AGAIN}`,
  xml_too_deep: `Elements are nested deeper than in any export of the Health app. ${AGAIN}`,
  xml_token_too_long: `The XML has a tag or text longer than any export of the Health app. ${AGAIN}`,
  truncated_zip: `The end of the zip is missing. ${UPLOAD_AGAIN}`,
  damaged_zip: `The zip is damaged. ${UPLOAD_AGAIN}`,
  encrypted_zip: 'The zip is protected by a password. Send the zip as the phone made it, without encrypting it.',
  unsupported_compression: 'The zip was packed in an uncommon way. Send the zip as the phone made it.',
  no_export_in_zip: `The zip has no export inside (an XML file with <HealthData>). ${AGAIN}`,
  too_many_entries: 'The zip has more entries than this server accepts. Send the zip as the phone made it.',
  suspicious_compression: 'The zip grows beyond measure when unpacked. Send the zip as the phone made it.',
  too_large_unzipped: 'The export is larger than this server accepts once it is unpacked.',
} as const;

export type UnreadableReason = keyof typeof UNREADABLE_HINTS;

/** A file that cannot be read, or not to its end; `byteOffset` counts bytes of the XML. */
export class UnreadableExport extends BusinessLogicError<'IMPORT_FILE_UNREADABLE'> {
  constructor(
    readonly reason: UnreadableReason,
    readonly byteOffset?: number,
    cause?: unknown,
  ) {
    super('IMPORT_FILE_UNREADABLE', { details: unreadableDetails(reason, byteOffset), cause });
  }
}

export function unreadableDetails(
  reason: UnreadableReason,
  byteOffset?: number,
  recordsStored?: number,
): ErrorDetails<'IMPORT_FILE_UNREADABLE'> {
  return {
    reason,
    hint: UNREADABLE_HINTS[reason],
    ...(byteOffset !== undefined && { byte_offset: byteOffset }),
    ...(recordsStored !== undefined && { records_stored: recordsStored }),
  };
}
