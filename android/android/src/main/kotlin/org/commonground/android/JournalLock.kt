package org.commonground.android

import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.dropWhile
import org.commonground.Home
import org.commonground.core.CommonGroundException

/**
 * Locks the journal by itself until the coroutine is cancelled: when the app is left, and when nothing was done for as
 * long as the person has set (`setAutoLock`). Tell [Home] of each touch with `noteActivity`.
 *
 * @param graceWhenLeft how long after the app was left; nothing at all unless the app says otherwise. Some seconds spare
 *   the person a prompt after a look at another app.
 * @param onLocked called after each locking here, so that the screen follows.
 */
public suspend fun Home.lockByItself(
    inFront: Flow<Boolean> = appInFront(),
    graceWhenLeft: Duration = Duration.ZERO,
    onLocked: suspend () -> Unit = {},
): Unit = try {
    // Only who was in front can leave: at its start the app is not there yet.
    inFront.dropWhile { !it }.collectLatest { front ->
        if (front) lockWhenIdle(onLocked) else lockAfter(graceWhenLeft, onLocked)
    }
} catch (_: CommonGroundException.Closed) {
    // Nothing is left to lock.
}

private suspend fun Home.lockAfter(grace: Duration, onLocked: suspend () -> Unit) {
    delay(grace.toMillis())
    ask { lock() }
    onLocked()
}

private suspend fun Home.lockWhenIdle(onLocked: suspend () -> Unit): Nothing {
    while (true) {
        if (ask { lockIfIdle() }) onLocked()
        val due = ask { lockDueAt() }
        // It may be unlocked, or set to another time, meanwhile.
        val wait = due?.let { Duration.between(Instant.now(), it) } ?: LOOK_AGAIN
        delay(wait.coerceIn(SHORTEST_LOOK, LOOK_AGAIN).toMillis())
    }
}

private val LOOK_AGAIN = Duration.ofSeconds(30)
private val SHORTEST_LOOK = Duration.ofSeconds(1)
