package org.commonground

import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import org.commonground.core.BackupKey
import org.commonground.core.BackupOpensWith
import org.commonground.core.BackupProblem
import org.commonground.core.BackupSecret
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.MemoryVault
import org.commonground.core.MovedTo
import org.commonground.core.NewAppointment
import org.commonground.core.NewEntry
import org.commonground.core.NewReminder
import org.commonground.core.ReminderRule
import org.commonground.core.ReminderText
import org.commonground.core.backupOpensWith
import org.commonground.core.nameOfKit
import org.commonground.core.restoreBackup
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What keeps a person's things safe over the years, and in mind over the week. */
class KeepingTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `a backup comes back on another phone with the words of the recovery kit, and only with these`() = scene(folder) {
        val mara = client()
        mara.home.journal { add(NewEntry("Kept 🌱")) }
        assertEquals(
            BackupProblem.NoRecoveryKit,
            assertThrowsIn<CommonGroundException.Backup> {
                mara.home.ask { makeBackup(file("backup"), BackupKey.RecoveryKit) }
            }.problem,
        )
        val kit = mara.home.ask { newRecoveryKit() }
        val words = kit.words.joinToString(" ")
        assertEquals(kit.name, nameOfKit(words))
        assertEquals(kit.name, mara.home.ask { useRecoveryKit(words) }.name)
        mara.home.ask { makeBackup(file("backup"), BackupKey.RecoveryKit) }
        assertEquals(BackupOpensWith.RECOVERY_KIT, backupOpensWith(file("backup")))
        assertEquals(BackupOpensWith.RECOVERY_KIT, mara.home.ask { lastBackup() }?.opensWith)

        val newVault = MemoryVault()
        val place = Path.of(file("new phone"))
        val wrong = BackupSecret.RecoveryWords(kit.words.reversed().joinToString(" "))
        assertThrowsIn<CommonGroundException.Backup> { restoreBackup(file("backup"), wrong, place.toString(), newVault) }
        assertFalse(Files.exists(place))
        restoreBackup(file("backup"), BackupSecret.RecoveryWords(words), place.toString(), newVault)
        assertEquals("Kept 🌱", open(place, newVault).home.journal { entries(5u).entries.single().opening })
    }

    @Test
    fun `whoever erases everything leaves neither a file nor a key behind`() = scene(folder) {
        val mara = client()
        mara.home.journal { add(NewEntry("Gone.")) }
        assertTrue(mara.home.ask { eraseEverything() }.files > 0u)
        assertNull(mara.vault.load(KeyName.PRIVATE))
        assertNull(mara.vault.load(KeyName.SHARED))
        assertThrowsIn<CommonGroundException.NoProfile> { open(mara.folder, mara.vault) }
    }

    @Test
    fun `the journal locks itself when nobody has used it for a while, and says when that is`() = scene(folder) {
        val home = client().home
        assertNull(home.ask { setAutoLock(null).let { lockDueAt() } })
        home.ask { setAutoLock(5u) }
        val due = home.ask { lockDueAt() }!!
        assertTrue(due.isAfter(Instant.now().plusSeconds(200)) && due.isBefore(Instant.now().plusSeconds(301)))
        assertFalse(home.ask { lockIfIdle() })
        home.ask { noteActivity() }
        assertFalse(home.ask { lockDueAt() }!!.isBefore(due))
    }

    @Test
    fun `reminders and appointments come out as times for the phone's alarm, on the day that was meant`() = scene(folder) {
        val home = client().home
        val evening = home.reminders {
            add(NewReminder(ReminderRule.Daily(LocalTime.of(20, 30)), ReminderText.TIME_FOR_A_NOTE))
        }
        val session = home.reminders {
            val (day, time) = LocalDate.of(2027, 3, 22) to LocalTime.of(9, 0)
            addAppointment(NewAppointment(day, time, "Europe/Berlin", minutes = 50u, everyWeeks = 1u))
        }
        val before = Instant.parse("2027-03-22T00:00:00Z")
        val (first, second) = home.reminders { nextAppointments(before, 2u) }
        // The clocks go forward in between: nine o'clock stays nine o'clock.
        assertEquals(Instant.parse("2027-03-22T08:00:00Z"), first.begins.at)
        assertEquals(Instant.parse("2027-03-29T07:00:00Z"), second.begins.at)
        val later = MovedTo(LocalDate.of(2027, 3, 30), LocalTime.of(10, 0))
        home.reminders { moveOccurrence(session.id, second.planned, later) }
        val moved = home.reminders { nextAppointments(first.begins.at, 1u) }.single()
        assertTrue(moved.moved)
        assertEquals(Instant.parse("2027-03-30T08:00:00Z"), moved.begins.at)

        home.ask { lock() }
        assertEquals(evening.id, home.reminders { nextDue(before, 1u) }.single().reminder)
        home.reminders { pause(evening.id, true) }
        assertTrue(home.reminders { nextDue(before, 1u) }.isEmpty())
    }
}
