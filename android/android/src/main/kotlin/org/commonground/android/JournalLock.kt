package org.commonground.android

import android.os.SystemClock
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.withContext
import org.commonground.Home
import org.commonground.core.CommonGroundException

/**
 * Locks the journal by itself until the coroutine is cancelled: when the app is left, and when nothing was done for as
 * long as the person has set (`setAutoLock`). Tell [Home] of each touch with `noteActivity`.
 *
 * An app that is not in front when this begins has some seconds to come there. Where the phone slept while the grace ran
 * out, the journal locks when the app is back, before anything else.
 *
 * @param graceWhenLeft how long after the app was left; nothing at all unless the app says otherwise. Some seconds spare
 *   the person a prompt after a look at another app.
 * @param onLocked called at the beginning of each locking here: take everything of the journal from the screen first.
 *   The journal still answers (unless the phone's clock went back), so save after that what is being written
 *   (`saveDraft`). It locks then, whatever happens.
 */
public suspend fun Home.lockByItself(
    inFront: Flow<Boolean> = appInFront(),
    graceWhenLeft: Duration = Duration.ZERO,
    onLocked: suspend () -> Unit = {},
): Unit = try {
    var known = false
    var dueWhenLeft: Duration? = null
    inFront.distinctUntilChanged().collectLatest { front ->
        val grace = if (known) graceWhenLeft else maxOf(graceWhenLeft, TIME_TO_COME)
        known = true
        if (front) {
            val due = dueWhenLeft
            dueWhenLeft = null
            if (due != null && timeSinceStart() >= due) lockNow(onLocked)
            lockWhenIdle(onLocked)
        } else {
            dueWhenLeft = timeSinceStart() + grace
            delay(grace.toMillis())
            lockNow(onLocked)
            dueWhenLeft = null
        }
    }
} catch (_: CommonGroundException.Closed) {
    // Nothing is left to lock.
}

/** It is locked whole, with the screen, also when the app comes back meanwhile. */
private suspend fun Home.lockNow(onLocked: suspend () -> Unit): Unit = withContext(NonCancellable) {
    try {
        onLocked()
    } finally {
        ask { lock() }
    }
}

private suspend fun Home.lockWhenIdle(onLocked: suspend () -> Unit): Nothing {
    while (true) {
        val due = ask { lockDueAt() }
        if (due != null && due <= Instant.now()) {
            lockNow(onLocked)
        } else if (ask { lockIfIdle() }) {
            // The clock went back.
            onLocked()
        }
        // It may be unlocked, or set to another time, meanwhile.
        val wait = due?.let { Duration.between(Instant.now(), it) } ?: LOOK_AGAIN
        delay(wait.coerceIn(SHORTEST_LOOK, LOOK_AGAIN).toMillis())
    }
}

/** By the clock that goes on while the phone sleeps; the one behind `delay` stands still then. */
private fun timeSinceStart(): Duration = Duration.ofMillis(SystemClock.elapsedRealtime())

private val LOOK_AGAIN = Duration.ofSeconds(30)
private val SHORTEST_LOOK = Duration.ofSeconds(1)
