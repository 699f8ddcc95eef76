import { ExportElements } from './export-elements';
import { ExportParser, type ExportSink } from './export-parser';
import { RecordScanner } from './record-scanner';
import { SaxesExportParser } from './saxes-export.parser';

/** A record longer than this is left to the XML parser, which knows when too long is too long. */
const LONGEST_HELD_BACK = 64 * 1024;

/**
 * Reads plain records with a scanner and everything else with saxes. It tells what `SaxesExportParser` alone would
 * tell; that one is what it is tested against.
 */
export class HybridExportParser extends ExportParser {
  private readonly xml: SaxesExportParser;
  private readonly scanner: RecordScanner;
  /** Text between elements that may go on as a plain record in the next piece. */
  private heldBack = '';

  constructor(sink: ExportSink) {
    super();
    const elements = new ExportElements(sink);
    this.xml = new SaxesExportParser(sink, elements);
    this.scanner = new RecordScanner((record, metadata) => {
      elements.open('Record', record, 1);
      for (const entry of metadata) {
        elements.open('MetadataEntry', entry, 2);
        elements.close('MetadataEntry', 2);
      }
      elements.close('Record', 1);
    });
  }

  write(piece: string): void {
    const text = this.heldBack + piece;
    this.heldBack = '';
    let position = 0;
    while (position < text.length) {
      if (this.xml.isBetweenElements) {
        const end = this.scanner.scan(text, position);
        this.xml.passOver(text.slice(position, end.position));
        position = end.position;
        if (end.needs === 'more' && text.length - position <= LONGEST_HELD_BACK) break;
      }
      // Only with a `>` can an element end and the next one begin.
      const close = text.indexOf('>', position);
      const next = close < 0 ? text.length : close + 1;
      this.xml.write(text.slice(position, next));
      position = next;
    }
    this.heldBack = text.slice(position);
  }

  end(): void {
    if (this.heldBack !== '') this.xml.write(this.heldBack);
    this.xml.end();
  }
}
