package org.commonground.android

import android.app.AlarmManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.File
import java.io.IOException
import java.time.Duration
import java.time.Instant
import kotlin.concurrent.thread
import kotlinx.coroutines.flow.collect
import org.commonground.Home
import org.commonground.core.Change
import org.commonground.core.Due
import org.commonground.core.ReminderText

/** What the app's `Application` implements to be told when it is time for a reminder. */
public interface ShowsReminders {
    /**
     * It is time. Called on a thread of its own, also when no screen is open and the journal is locked. Show a
     * notification with the app's own words for [text]; keep them neutral, for others see the screen too. Be done within
     * some seconds.
     */
    public fun showReminder(text: ReminderText)
}

/**
 * Turns the core's reminder times into alarms. The next [AHEAD] times are kept in a file of the app (times and kinds, no
 * words), so that an alarm, a start of the phone or an update of the app can set the next one without opening the
 * profile.
 *
 * The alarms are inexact and need no permission that the person would have to grant: some minutes late, and up to a
 * quarter of an hour where the phone sleeps deeply. Their times are those of the zone that the phone was in when the
 * home was last open.
 */
public class ReminderAlarms(private val context: Context) {
    private val kept = DurableFile(File(context.noBackupFilesDir, "common-ground/reminders"))

    /**
     * Sets the alarms by [home], now and after each change of reminders or appointments, until the coroutine is cancelled
     * or the home is closed. Suspends without blocking; throws what the core does, and [IOException] where the times
     * cannot be kept.
     */
    public suspend fun follow(home: Home): Unit =
        home.live({ it is Change.Reminders }) {
            val now = Instant.now()
            keep(now, reminders().use { it.nextDue(now, AHEAD) })
        }.collect()

    /** Sets the alarm for the first time that is kept and was not shown. Blocks for a moment, on reading a small file. */
    internal fun setNext() {
        val next = read().firstOrNull()
        val alarms = context.getSystemService(AlarmManager::class.java)
        val intent = intent()
        if (next == null) {
            alarms.cancel(intent)
        } else {
            alarms.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, next.at.toEpochMilli(), intent)
        }
    }

    /** Forgets all times and sets no more alarms. For when the person erases everything. */
    public fun forget() {
        synchronized(oneAtATime) { kept.delete() }
        setNext()
    }

    /** What became due between the last time that was shown and [now]: shown once, however late the alarm was. */
    internal fun due(now: Instant): Set<ReminderText> = synchronized(oneAtATime) {
        val (past, ahead) = read().partition { it.at <= now }
        if (past.isNotEmpty()) write(ahead)
        // After a day without power nobody wants yesterday's.
        past.filter { it.at > now.minus(TOO_LATE) }.map { it.text }.toSet()
    }

    /** It carries nothing: what is due stands in the file. */
    private fun intent(): PendingIntent {
        val intent = Intent(context, ReminderReceiver::class.java).setAction(ReminderReceiver.DUE)
        val flags = PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE
        return PendingIntent.getBroadcast(context, 0, intent, flags)
    }

    private class Time(val at: Instant, val text: ReminderText)

    /** What is due already and was not shown yet stays: an alarm may be some minutes late. */
    private fun keep(now: Instant, times: List<Due>) {
        synchronized(oneAtATime) { write(read().filter { it.at <= now } + times.map { Time(it.at.at, it.text) }) }
        setNext()
    }

    private fun write(times: List<Time>) {
        val bytes = ByteArrayOutputStream()
        DataOutputStream(bytes).use { out ->
            times.forEach {
                out.writeLong(it.at.toEpochMilli())
                out.writeUTF(it.text.name)
            }
        }
        kept.write(bytes.toByteArray())
    }

    /** What is kept; nothing of it where the file is damaged or of another version: the next opening writes it anew. */
    private fun read(): List<Time> {
        val bytes = kept.read() ?: return emptyList()
        return try {
            DataInputStream(bytes.inputStream()).use { input ->
                buildList {
                    while (input.available() > 0) {
                        add(Time(Instant.ofEpochMilli(input.readLong()), ReminderText.valueOf(input.readUTF())))
                    }
                }
            }
        } catch (_: IOException) {
            emptyList()
        } catch (_: IllegalArgumentException) {
            emptyList()
        }
    }

    internal companion object {
        /** How many times are kept ahead: weeks, for most people. */
        const val AHEAD: UInt = 50u
        private val oneAtATime = Any()
        val TOO_LATE: Duration = Duration.ofHours(12)
    }
}

/** Hears the alarms of [ReminderAlarms], and sets the next after a start of the phone or an update of the app. */
public class ReminderReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        // Nothing, where it was not Android that called.
        val pending: PendingResult? = goAsync()
        thread(name = "reminders") {
            try {
                hear(context.applicationContext)
            } finally {
                pending?.finish()
            }
        }
    }

    /** Shows what is due and sets the next alarm, also where the app's own code throws. Blocks, on small files. */
    internal fun hear(context: Context) {
        val alarms = ReminderAlarms(context)
        try {
            val app = context as? ShowsReminders
            val texts = whereStorageAnswers { alarms.due(Instant.now()) }.orEmpty()
            if (app != null) texts.forEach(app::showReminder)
        } finally {
            whereStorageAnswers { alarms.setNext() }
        }
    }

    /** Where it does not, whoever opens the app next sets the alarms again. */
    private fun <T> whereStorageAnswers(block: () -> T): T? = try {
        block()
    } catch (_: IOException) {
        null
    }

    internal companion object {
        const val DUE = "org.commonground.REMINDER_DUE"
    }
}
