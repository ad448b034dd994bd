package org.commonground

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.fail

/** What nothing here takes nearly as long as. A story that takes longer hangs. */
const val PATIENCE_S = 60L

/** A test in coroutines, on the caller's one thread. */
fun story(tell: suspend CoroutineScope.() -> Unit): Unit = runBlocking { withTimeout(PATIENCE_S * 1_000, tell) }

/** Waits for something that blocks, without blocking the story. */
suspend fun <T> aside(wait: () -> T): T = withContext(Dispatchers.IO) { wait() }

/** As JUnit's assertThrows, where the call suspends. */
suspend inline fun <reified E : Throwable> assertThrowsIn(call: suspend () -> Any?): E {
    val answer = try {
        call()
    } catch (error: Throwable) {
        if (error is E) return error
        throw AssertionError("expected ${E::class.java.simpleName}", error)
    }
    return fail("expected ${E::class.java.simpleName}, and it answered ${answer?.javaClass?.simpleName}")
}
