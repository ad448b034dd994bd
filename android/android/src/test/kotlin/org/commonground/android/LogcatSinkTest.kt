package org.commonground.android

import android.util.Log
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.commonground.core.LogLevel
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.commonground.core.setLogSink
import org.junit.After
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.ShadowLog

@RunWith(RobolectricTestRunner::class)
class LogcatSinkTest {
    @After
    fun end() = setLogSink(null, LogLevel.ERROR)

    @Test
    fun `what the core does stands in logcat, and nothing that Mara wrote`() = runBlocking {
        setLogSink(LogcatSink("Story"), LogLevel.DEBUG)
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        mara.home.journal { add(NewEntry("Walked along the river.")) }
        mara.home.ask { lock() }
        mara.release()
        soon { while (ShadowLog.getLogsForTag("Story").none { it.type == Log.INFO }) delay(5) }
        assertFalse(ShadowLog.getLogsForTag("Story").any { "river" in it.msg || "Mara" in it.msg })
    }
}
