package org.commonground.android

import android.util.Log
import org.commonground.core.LogLevel
import org.commonground.core.LogLine
import org.commonground.core.LogSink

/**
 * Writes the core's lines for developers to logcat. No line holds anything that a person wrote, so they may go into a
 * report from the field. Set it once, before a home is opened:
 *
 * ```
 * setLogSink(LogcatSink(), LogLevel.INFO)
 * ```
 *
 * @param tag under which the lines stand, at most 23 characters.
 */
public class LogcatSink(private val tag: String = "CommonGround") : LogSink {
    override fun onLine(line: LogLine) {
        val priority = when (line.level) {
            LogLevel.ERROR -> Log.ERROR
            LogLevel.WARNING -> Log.WARN
            LogLevel.INFO -> Log.INFO
            LogLevel.DEBUG -> Log.DEBUG
        }
        Log.println(priority, tag, line.text)
    }
}
