package org.commonground.android

import android.app.AlarmManager
import android.content.Intent
import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.io.File
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId
import java.time.temporal.ChronoUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.commonground.core.NewProfile
import org.commonground.core.NewReminder
import org.commonground.core.ReminderRule
import org.commonground.core.ReminderText
import org.commonground.core.Role
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class ReminderAlarmsTest {
    private val alarms = shadowOf(app.getSystemService(AlarmManager::class.java))
    private val reminders = ReminderAlarms(app)
    private val tomorrow = LocalDate.now().plusDays(1)
    private val evening = LocalTime.of(20, 0)

    private fun at(day: LocalDate): Instant = day.atTime(evening).atZone(ZoneId.systemDefault()).toInstant()

    private fun next(): Instant? = alarms.peekNextScheduledAlarm()?.let { Instant.ofEpochMilli(it.triggerAtMs) }

    private suspend fun until(what: () -> Boolean) = soon { while (!what()) delay(5) }

    @Test
    fun `the next reminder is an alarm, and follows when rules come and go, also while the journal is locked`() =
        runBlocking {
            val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
            mara.home.ask { lock() }
            val following = launch(Dispatchers.Default) { reminders.follow(mara.home) }
            val later = mara.home.reminders { add(NewReminder(ReminderRule.Once(tomorrow.plusDays(1), evening))) }
            until { next() == at(tomorrow.plusDays(1)) }
            mara.home.reminders { add(NewReminder(ReminderRule.Once(tomorrow, evening), ReminderText.TIME_TO_LOOK_BACK)) }
            until { next() == at(tomorrow) }
            mara.home.reminders { remove(later.id) }
            mara.home.reminders { all().forEach { remove(it.id) } }
            until { next() == null }
            mara.release()
            soon { following.join() }
        }

    @Test
    fun `when it is time the app is told once, and the next alarm is set without opening the profile`() = runBlocking {
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        mara.home.reminders { add(NewReminder(ReminderRule.Daily(evening), ReminderText.TIME_FOR_A_NOTE)) }
        val following = launch(Dispatchers.Default) { reminders.follow(mara.home) }
        until { next() != null }
        following.cancel()
        following.join()
        mara.release()
        val first = checkNotNull(next())

        assertEquals(setOf(ReminderText.TIME_FOR_A_NOTE), reminders.due(first))
        assertTrue("shown once", reminders.due(first).isEmpty())
        alarms.scheduledAlarms.clear()
        ReminderReceiver().onReceive(app, Intent(Intent.ACTION_BOOT_COMPLETED))
        until { next() == first.atZone(ZoneId.systemDefault()).plusDays(1).toInstant() }
        assertTrue("not due yet", app.shown.isEmpty())

        val aWeekLater = first.plus(7, ChronoUnit.DAYS).plus(13, ChronoUnit.HOURS)
        assertTrue("a week without power", reminders.due(aWeekLater).isEmpty())
    }

    @Test
    fun `the next alarm is set also where the app fails to show this one`() {
        val tonight = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS)
        val times = ByteArrayOutputStream()
        DataOutputStream(times).use {
            for (time in listOf(Instant.now().minusSeconds(60), tonight)) {
                it.writeLong(time.toEpochMilli())
                it.writeUTF(ReminderText.TIME_FOR_A_NOTE.name)
            }
        }
        DurableFile(File(app.noBackupFilesDir, "common-ground/reminders")).write(times.toByteArray())
        app.showing = { error("no words for it") }
        assertThrows(IllegalStateException::class.java) { ReminderReceiver().hear(app) }
        assertEquals(tonight, next())
    }

    @Test
    fun `a reminder that became due is shown by the receiver, and a damaged file shows nothing and harms nobody`() {
        val file = DurableFile(File(app.noBackupFilesDir, "common-ground/reminders"))
        val kept = ByteArrayOutputStream().also { bytes ->
            DataOutputStream(bytes).use {
                it.writeLong(Instant.now().minusSeconds(60).toEpochMilli())
                it.writeUTF(ReminderText.TIME_TO_GET_READY.name)
            }
        }.toByteArray()
        file.write(kept)
        ReminderReceiver().hear(app)
        assertEquals(listOf(ReminderText.TIME_TO_GET_READY), app.shown.toList())
        assertNull(next())

        file.write(kept.copyOf(11))
        ReminderReceiver().hear(app)
        assertEquals(1, app.shown.size)

        reminders.forget()
        assertFalse(File(app.noBackupFilesDir, "common-ground/reminders").exists())
    }
}
