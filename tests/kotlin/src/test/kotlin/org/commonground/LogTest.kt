package org.commonground

import java.nio.file.Path
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.commonground.core.EntryFilter
import org.commonground.core.LogEvent
import org.commonground.core.LogLevel
import org.commonground.core.LogLine
import org.commonground.core.LogSink
import org.commonground.core.NewEntry
import org.commonground.core.SearchOrder
import org.commonground.core.setLogSink
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What a developer is told of what the core does: never a person's words. */
class LogTest {
    @TempDir
    lateinit var folder: Path

    private val lines = LinkedBlockingQueue<LogLine>()

    private val keeping = object : LogSink {
        override fun onLine(line: LogLine) = lines.put(line)
    }

    @AfterEach
    fun beSilent() = setLogSink(null, LogLevel.ERROR)

    @Test
    fun `what happened is told, and no word of what was written`() = scene(folder) {
        setLogSink(keeping, LogLevel.DEBUG)
        val mara = client("Somebody")
        mara.home.journal {
            add(NewEntry("Unmistakable words."))
            search("Unmistakable", EntryFilter(), SearchOrder.NEWEST, 5u)
        }
        mara.home.shut()
        open(mara.folder, mara.vault)
        val told = untilTold { it is LogEvent.Opened }
        assertTrue(told.any { it.event is LogEvent.Created } && told.any { it.event is LogEvent.Shut })
        assertTrue(told.none { "Unmistakable" in it.toString() || "Somebody" in it.toString() })
    }

    @Test
    fun `a sink that throws gets the next line all the same, and disturbs nobody`() = scene(folder) {
        setLogSink(
            object : LogSink {
                override fun onLine(line: LogLine) {
                    lines.put(line)
                    error("the log is full")
                }
            },
            LogLevel.INFO,
        )
        val home = client().home
        home.ask { lock() }
        home.ask { unlock() }
        untilTold { it is LogEvent.Unlocked }
    }

    /** All lines up to the first that tells of this. */
    private suspend fun untilTold(what: (LogEvent) -> Boolean): List<LogLine> = aside {
        val told = mutableListOf<LogLine>()
        do {
            val line = lines.poll(PATIENCE_S, TimeUnit.SECONDS)
            assertNotNull(line, "told so far: ${told.map { it.text }}")
            told += line
        } while (!what(line.event))
        told
    }
}
