import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

const LONGEST_MESSAGE = 4000;
const MOST_PER_PAGE = 1000;
const PER_PAGE = 100;

export class StatelessChatDto {
  @ApiProperty({
    minLength: 1,
    maxLength: LONGEST_MESSAGE,
    description: 'A question in English; more than white space.',
    example: 'How many steps did I take last week?',
  })
  @IsString()
  @Length(1, LONGEST_MESSAGE)
  @Matches(/\S/, { message: 'message must have more than white space' })
  message!: string;
}

export class StatefulChatDto extends StatelessChatDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 128,
    description: 'The session to go on with; left out or null, a new one begins.',
    example: 'ses_4fzzzxjylrx1VdwrRkQpWdgq',
  })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  session_id?: string | null;
}

export class ChatPageDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_PER_PAGE, default: PER_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST_PER_PAGE)
  limit: number = PER_PAGE;

  @ApiPropertyOptional({ description: 'next_cursor of the page before.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}
