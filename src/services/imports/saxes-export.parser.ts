import { SaxesParser } from 'saxes';
import { bareAmpersand, cutReference } from './bare-ampersand';
import { ExportElements } from './export-elements';
import { ExportParser, type ExportSink } from './export-parser';
import { PrologSkipper } from './prolog-skipper';
import { UnreadableExport, type UnreadableReason } from './unreadable-export';

// XML 1.0 forbids these; exports hold them all the same (a vertical tab in a source's name stopped other readers).
const CONTROL_CHARACTERS = /[^\t\n\r\u0020-\ufffd]/g;
const DEEPEST = 64;
const LONGEST_TOKEN = 4 * 1024 * 1024;

/** Reads exports with saxes: strict about structure, lenient about the faults that real exports have. */
export class SaxesExportParser extends ExportParser {
  private readonly prolog = new PrologSkipper();
  private readonly saxes = new SaxesParser({ xmlns: false, position: false });
  private depth = 0;
  private betweenElements = false;
  /** What saxes is reading, and how many bytes and characters came before it. */
  private piece = '';
  /** The end of the last piece, when it may be the beginning of a reference. */
  private heldBack = '';
  private bytesBefore = 0;
  private charactersBefore = 0;
  private charactersSinceTag = 0;
  private sawTag = false;

  constructor(
    private readonly sink: ExportSink,
    private readonly elements: ExportElements = new ExportElements(sink),
  ) {
    super();
    this.saxes.on('opentag', (tag) => {
      if (this.depth >= DEEPEST) throw this.unreadable('xml_too_deep');
      this.sawTag = true;
      this.elements.open(tag.name, tag.attributes, this.depth++);
      this.betweenElements = this.depth === 1;
    });
    this.saxes.on('closetag', (tag) => {
      this.elements.close(tag.name, --this.depth);
      this.betweenElements = this.depth === 1;
    });
    this.saxes.on('error', (error) => this.judge(error));
  }

  write(text: string): void {
    const body = this.prolog.write(text);
    if (body === undefined) return;
    this.advance();
    const whole = this.heldBack + this.withoutControlCharacters(body);
    this.piece = whole.slice(0, cutReference(whole));
    this.heldBack = whole.slice(this.piece.length);
    this.sawTag = false;
    this.betweenElements = false;
    this.parse();
    this.charactersSinceTag = this.sawTag ? 0 : this.charactersSinceTag + body.length;
    if (this.charactersSinceTag > LONGEST_TOKEN) throw this.unreadable('xml_token_too_long');
  }

  /**
   * Whether the last text that was written, up to its first `>` or without one, ended with a tag that leaves just
   * `HealthData` open: what follows are blanks and elements, of which others may take some.
   */
  get isBetweenElements(): boolean {
    return this.betweenElements;
  }

  /** Counts text that was read by somebody else, so that offsets stay right. */
  passOver(text: string): void {
    this.advance();
    this.bytesBefore += Buffer.byteLength(text);
  }

  end(): void {
    this.prolog.end();
    this.advance();
    this.saxes.write(this.heldBack).close();
  }

  /**
   * After a `&` that begins no reference, saxes would take all that follows for the name of an entity, up to some `;`
   * or the end of the file. A `;` at once makes it see what is wrong, and where; in a comment or CDATA it does nothing.
   */
  private parse(): void {
    let from = 0;
    for (let at = bareAmpersand(this.piece, 0); at >= 0; at = bareAmpersand(this.piece, from)) {
      this.saxes.write(this.piece.slice(from, at + 1));
      this.charactersBefore++;
      this.saxes.write(';');
      from = at + 1;
    }
    this.saxes.write(from === 0 ? this.piece : this.piece.slice(from));
  }

  private advance(): void {
    this.bytesBefore += Buffer.byteLength(this.piece);
    this.charactersBefore += this.piece.length;
    this.piece = '';
  }

  /** A space instead keeps every offset, and a control character is never part of a name's meaning. */
  private withoutControlCharacters(text: string): string {
    if (text.search(CONTROL_CHARACTERS) < 0) return text;
    let count = 0;
    const mended = text.replace(CONTROL_CHARACTERS, () => {
      count++;
      return ' ';
    });
    this.sink.issue('control_character', count);
    return mended;
  }

  private judge(error: Error): void {
    switch (error.message) {
      // Stays in the value as it was written; entity definitions are never read.
      case 'undefined entity.':
        return this.sink.issue('unknown_entity', 1);
      case 'malformed character entity.':
        return this.sink.issue('control_character', 1);
      default: {
        const cut = error.message.startsWith('unclosed tag') || error.message === 'unexpected end.';
        throw this.unreadable(cut ? 'xml_truncated' : 'xml_malformed', error);
      }
    }
  }

  private unreadable(reason: UnreadableReason, cause?: Error): UnreadableExport {
    const read = this.piece.slice(0, Math.max(0, this.saxes.position - this.charactersBefore));
    const offset = this.prolog.skippedBytes + this.bytesBefore + Buffer.byteLength(read);
    return new UnreadableExport(reason, offset, cause);
  }
}
