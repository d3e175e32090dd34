"""What the store's tables are: numbered migrations, each run once, forward.

`turns` holds what was said, verbatim; `hearings` how a turn was heard the second time. `voices` and `paces`
are what is known of whose voice. `people` with their `names`, `facts` with the `evidence` they come from,
and `summaries` are derived from turns and from the archive's `chunks`: whatever is derived hangs on its
source by a foreign key.
"""

from __future__ import annotations

TURNS_AND_HEARINGS = """
    CREATE TABLE turns (
        id          INTEGER PRIMARY KEY,
        session     TEXT    NOT NULL,
        side        TEXT    NOT NULL CHECK (side IN ('user', 'companion')),
        number      INTEGER NOT NULL,
        text        TEXT    NOT NULL,
        said_at     TEXT    NOT NULL,
        interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)),
        UNIQUE (session, side, number)
    ) STRICT;
    CREATE TABLE hearings (
        turn        INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
        answered    TEXT    NOT NULL,
        words       TEXT    NOT NULL,
        no_speech   REAL    NOT NULL,
        logprob     REAL    NOT NULL
    ) STRICT;
"""
"""`answered`: the words that were answered; `words`: every word of the record with its times and confidence
(JSON)."""

VOICES = """
    ALTER TABLE turns ADD COLUMN who TEXT NOT NULL DEFAULT '';
    ALTER TABLE turns ADD COLUMN sure REAL NOT NULL DEFAULT 0.0;
    CREATE TABLE voices (
        name        TEXT    PRIMARY KEY,
        enrolled    BLOB    NOT NULL,
        now         BLOB    NOT NULL,
        heard       INTEGER NOT NULL
    ) STRICT;
"""
"""`who`: whose voice a turn was in ("": nobody's that is known), `sure` how sure that is (0..1); a voice as
float32[256] when enrolled and as it is now."""

PACES = """
    CREATE TABLE paces (
        who         TEXT    PRIMARY KEY,
        pace        REAL    NOT NULL
    ) STRICT;
"""
"""How long whose pauses last (1.0: as usual)."""

ARCHIVE = """
    CREATE TABLE sources (
        id          INTEGER PRIMARY KEY,
        path        TEXT    NOT NULL UNIQUE,
        watched     INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
        added_at    TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE documents (
        id          INTEGER PRIMARY KEY,
        source      INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        path        TEXT    NOT NULL UNIQUE,
        kind        TEXT    NOT NULL DEFAULT '',
        bytes       INTEGER NOT NULL,
        changed_at  REAL    NOT NULL,
        digest      TEXT    NOT NULL DEFAULT '',
        trouble     TEXT    NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX documents_of_source ON documents (source);
    CREATE TABLE chunks (
        id          INTEGER PRIMARY KEY,
        document    INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number      INTEGER NOT NULL,
        place       TEXT    NOT NULL DEFAULT '',
        title       TEXT    NOT NULL DEFAULT '',
        author      TEXT    NOT NULL DEFAULT '',
        recipient   TEXT    NOT NULL DEFAULT '',
        dated       TEXT    NOT NULL DEFAULT '',
        text        TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX chunks_of_document ON chunks (document);
    CREATE INDEX chunks_dated ON chunks (dated) WHERE dated <> '';
"""
"""A source is what was added: a file or a folder. A document is a file of it, read when it had so many
`bytes`, was `changed_at` (seconds since 1970) and had that SHA-256 `digest`; a chunk is a passage of it."""

SEARCH = """
    CREATE VIRTUAL TABLE turns_fts USING fts5(
        text, content='turns', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
    );
    INSERT INTO turns_fts (turns_fts, rank) VALUES ('secure-delete', 1);
    CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
        INSERT INTO turns_fts (rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER turns_gone AFTER DELETE ON turns BEGIN
        INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.id, old.text);
        DELETE FROM turn_vectors WHERE turn = old.id + 1;
    END;
    CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns BEGIN
        INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO turns_fts (rowid, text) VALUES (new.id, new.text);
        DELETE FROM turn_vectors WHERE turn IN (new.id, new.id + 1);
    END;
    CREATE VIRTUAL TABLE chunks_fts USING fts5(
        text, title, content='chunks', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
    );
    INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('secure-delete', 1);
    INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('automerge', 0);
    CREATE TRIGGER chunks_added AFTER INSERT ON chunks BEGIN
        INSERT INTO chunks_fts (rowid, text, title) VALUES (new.id, new.text, new.title);
    END;
    CREATE TRIGGER chunks_gone AFTER DELETE ON chunks BEGIN
        INSERT INTO chunks_fts (chunks_fts, rowid, text, title)
            VALUES ('delete', old.id, old.text, old.title);
    END;
    CREATE TABLE turn_vectors (
        turn        INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
        vector      BLOB    NOT NULL,
        words       BLOB    NOT NULL
    ) STRICT;
    CREATE TABLE chunk_vectors (
        chunk       INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
        vector      BLOB    NOT NULL
    ) STRICT;
    CREATE INDEX turn_vectors_there ON turn_vectors (turn);
    CREATE INDEX chunk_vectors_there ON chunk_vectors (chunk);
    CREATE VIRTUAL TABLE turn_words USING fts5vocab(turns_fts, 'row');
    CREATE VIRTUAL TABLE chunk_words USING fts5vocab(chunks_fts, 'row');
    INSERT INTO turns_fts (turns_fts) VALUES ('rebuild');
"""
"""Full text and vectors, with indices by which these are counted without being read. A vector is int8[n],
the text's direction; `words` those of its words, int8[m, k]. A turn's are read behind the turn before it, so
they go with that, too."""

KNOWLEDGE = """
    CREATE TABLE people (
        id          INTEGER PRIMARY KEY,
        name        TEXT    NOT NULL,
        relation    TEXT    NOT NULL DEFAULT '',
        birthday    TEXT    NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE names (
        id          INTEGER PRIMARY KEY,
        person      INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        name        TEXT    NOT NULL,
        UNIQUE (person, name)
    ) STRICT;
    CREATE INDEX names_called ON names (name COLLATE NOCASE);
    CREATE VIRTUAL TABLE names_fts USING fts5(name, content='names', content_rowid='id', tokenize='trigram');
    INSERT INTO names_fts (names_fts, rank) VALUES ('secure-delete', 1);
    CREATE TRIGGER names_added AFTER INSERT ON names BEGIN
        INSERT INTO names_fts (rowid, name) VALUES (new.id, new.name);
    END;
    CREATE TRIGGER names_gone AFTER DELETE ON names BEGIN
        INSERT INTO names_fts (names_fts, rowid, name) VALUES ('delete', old.id, old.name);
    END;
    CREATE TABLE mentions (
        person      INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        turn        INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
        PRIMARY KEY (person, turn)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX mentions_in_turn ON mentions (turn);
    CREATE TABLE facts (
        id          INTEGER PRIMARY KEY,
        subject     TEXT    NOT NULL,
        person      INTEGER REFERENCES people (id) ON DELETE SET NULL,
        statement   TEXT    NOT NULL,
        kind        TEXT    NOT NULL CHECK (kind IN
            ('person', 'event', 'plan', 'preference', 'health', 'work', 'feeling', 'place')),
        slot        TEXT    NOT NULL DEFAULT '',
        valid_from  TEXT    NOT NULL DEFAULT '',
        valid_until TEXT    NOT NULL DEFAULT '',
        certainty   REAL    NOT NULL CHECK (certainty BETWEEN 0.0 AND 1.0),
        how         TEXT    NOT NULL CHECK (how IN ('pattern', 'model', 'asked', 'edited')),
        noted_at    TEXT    NOT NULL,
        successor   INTEGER REFERENCES facts (id) ON DELETE SET NULL
    ) STRICT;
    CREATE INDEX facts_of_slot ON facts (slot, subject COLLATE NOCASE) WHERE slot <> '';
    CREATE INDEX facts_of_person ON facts (person);
    CREATE INDEX facts_of_subject ON facts (subject COLLATE NOCASE, id);
    CREATE INDEX facts_of_statement ON facts (statement COLLATE NOCASE, subject COLLATE NOCASE);
    CREATE INDEX facts_current ON facts (kind, successor) WHERE successor IS NULL;
    CREATE INDEX facts_succeeded ON facts (successor) WHERE successor IS NOT NULL;
    CREATE INDEX facts_edited ON facts (id) WHERE how = 'edited';
    CREATE TABLE evidence (
        fact        INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
        turn        INTEGER REFERENCES turns (id) ON DELETE CASCADE,
        chunk       INTEGER REFERENCES chunks (id) ON DELETE CASCADE,
        quote       TEXT    NOT NULL,
        CHECK ((turn IS NULL) <> (chunk IS NULL))
    ) STRICT;
    CREATE INDEX evidence_of_fact ON evidence (fact);
    CREATE INDEX evidence_in_turn ON evidence (turn);
    CREATE INDEX evidence_in_chunk ON evidence (chunk);
    CREATE TABLE summaries (
        id          INTEGER PRIMARY KEY,
        text        TEXT    NOT NULL,
        made_at     TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE summarised (
        summary     INTEGER NOT NULL REFERENCES summaries (id) ON DELETE CASCADE,
        turn        INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
        PRIMARY KEY (summary, turn)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX summarised_turn ON summarised (turn);
    CREATE TABLE reflected (
        turn        INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE
    ) STRICT;
    CREATE TABLE tallies (
        what        TEXT    PRIMARY KEY,
        count       INTEGER NOT NULL
    ) STRICT;
    ALTER TABLE turns ADD COLUMN self TEXT NOT NULL DEFAULT '';
    ALTER TABLE turns ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0 CHECK (corrected IN (0, 1));
    CREATE INDEX turns_said_at ON turns (said_at);
    CREATE TABLE marks (
        name        TEXT    PRIMARY KEY,
        value       TEXT    NOT NULL
    ) STRICT;
"""
"""`slot`: what a fact says of its subject ("birthday", "sister.name"), so that a newer one of the same
succeeds it; a fact is current while it has no `successor` and hasn't run out (`valid_until`, ISO date, "" for
open). `evidence`: the turns or chunks that a fact comes from, with the words that say it. `reflected`: turns
that have been thought about; `tallies`: how many facts were proposed, kept and dropped, and why. `self`:
which of her selves heard it. `marks`: what the store notes of itself (whether it was closed, which model the
vectors are of)."""

MIGRATIONS = (TURNS_AND_HEARINGS, VOICES, PACES, ARCHIVE + SEARCH + KNOWLEDGE)
"""Numbered from 1: `user_version` says how many of them a file has had."""
