"""The data directory: who may do what with it, the settings file, the database."""

from __future__ import annotations

from firmware.doctor.facts import DatabaseState, DataFacts, Facts, FileFacts
from firmware.doctor.finding import Finding, attention, good, say, unknown, wrong
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words

OTHERS = 0o007          # permission bits of users who are neither owner nor group
GROUP_AND_OTHERS = 0o077
GROUP_WRITES = 0o020


def check_data(facts: Facts) -> tuple[Finding, ...]:
    """Nothing where no data directory was named."""
    data = facts.data
    if data is None:
        return ()
    if data.folder is None or not data.folder.usable:
        closed = say(box.FOLDER_CLOSED, path=data.path, user=facts.user)
        return (wrong(words.L_FOLDER, closed, say(words.RUN_AS_ROOT)),)
    return (
        _folder(data, data.folder),
        *_foreign(data, data.folder),
        _settings(facts, data),
        *_runtime(facts, data),
        _database(facts, data),
    )


def _folder(data: DataFacts, folder: FileFacts) -> Finding:
    if folder.mode & OTHERS:
        opened = say(box.FOLDER_OPEN, path=data.path)
        advice = say(box.FOLDER_OPEN_TO_DO, path=data.path)
        return attention(words.L_FOLDER, opened, advice)
    return good(words.L_FOLDER, box.FOLDER_GOOD, path=data.path)


def _foreign(data: DataFacts, folder: FileFacts) -> tuple[Finding, ...]:
    """Files that neither the folder's owner nor its group can write: somebody ran a command as
    root, and since then the program cannot record."""
    return tuple(
        attention(
            words.L_FOLDER,
            say(box.FILE_FOREIGN, path=file.path, owner=file.owner, other=folder.owner),
            say(
                box.FILE_FOREIGN_TO_DO,
                other=folder.owner,
                group=folder.group,
                path=file.path,
            ),
        )
        for file in data.files
        if file.owner != folder.owner
        and not (file.group == folder.group and file.mode & GROUP_WRITES)
    )


def _settings(facts: Facts, data: DataFacts) -> Finding:
    check, settings = words.L_SETTINGS, data.settings
    file = settings.file
    if file is None:
        return good(check, box.SETTINGS_ABSENT)
    if not file.usable:
        return wrong(check, say(box.SETTINGS_CLOSED, user=facts.user), say(words.RUN_AS_ROOT))
    if settings.holds_pin and file.mode & GROUP_AND_OTHERS:
        advice = say(box.SETTINGS_EXPOSED_TO_DO, path=file.path)
        return wrong(check, say(box.SETTINGS_EXPOSED), advice)
    if settings.fault is not None:
        sentence = box.SETTINGS_OLDER if settings.older else box.SETTINGS_FAULT
        refused = say(sentence, detail=settings.fault)
        return wrong(check, refused, say(box.SETTINGS_FAULT_TO_DO, path=file.path))
    return good(check, box.SETTINGS_GOOD)


def _runtime(facts: Facts, data: DataFacts) -> tuple[Finding, ...]:
    """A daemon that runs proves it better by a fresh pulse."""
    if facts.daemon_runs:
        return ()
    if data.runtime_fault is None:
        return (good(words.L_RUNTIME, box.RUNTIME_GOOD, path=data.runtime_dir),)
    fault = say(box.RUNTIME_FAULT, path=data.runtime_dir, detail=data.runtime_fault)
    return (wrong(words.L_RUNTIME, fault, say(box.RUNTIME_TO_DO)),)


def _database(facts: Facts, data: DataFacts) -> Finding:
    check, database = words.L_DATABASE, data.database
    match database.state:
        case DatabaseState.GOOD if database.checked:
            return good(check, box.DATABASE_GOOD, schema=database.schema)
        case DatabaseState.GOOD:
            return unknown(check, say(box.DATABASE_UNCHECKED, schema=database.schema))
        case DatabaseState.ABSENT:
            none = say(box.DATABASE_ABSENT, path=data.path)
            return wrong(check, none, say(box.DATABASE_ABSENT_TO_DO, path=data.path))
        case DatabaseState.DAMAGED:
            damaged = say(box.DATABASE_DAMAGED, detail=database.detail)
            return wrong(check, damaged, say(box.DATABASE_DAMAGED_TO_DO, path=data.path))
        case DatabaseState.NEWER:
            return wrong(check, say(box.DATABASE_NEWER), say(box.DATABASE_NEWER_TO_DO))
        case DatabaseState.BUSY:
            return unknown(check, say(box.DATABASE_BUSY), say(words.RUN_AGAIN))
        case DatabaseState.UNREADABLE:
            closed = say(box.DATABASE_UNREADABLE, user=facts.user)
            return wrong(check, closed, say(words.RUN_AS_ROOT))
        case DatabaseState.UNWRITABLE:
            stuck = say(box.DATABASE_UNWRITABLE, detail=database.detail)
            return wrong(check, stuck, say(box.DATABASE_UNWRITABLE_TO_DO))
