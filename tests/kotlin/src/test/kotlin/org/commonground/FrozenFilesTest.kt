package org.commonground

import java.nio.file.Path
import kotlin.io.path.name
import org.commonground.core.EntryFilter
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.NewRating
import org.commonground.core.Role
import org.commonground.core.SearchOrder
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Whoever updates the app finds everything there, whichever version wrote it. */
class FrozenFilesTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `plans of every level that was ever written open, read whole, and are written on`() = story {
        assertTrue(Fixtures.planLevels.isNotEmpty())
        for (level in Fixtures.planLevels) {
            val place = folder.resolve(level.name)
            val vault = Fixtures.plans(level, place)
            Home.open(place.toFile(), vault).use { home ->
                val relationships = home.ask { relationships() }.sortedBy { it.other.displayName }
                assertEquals(listOf("five years", "plain", "with choices"), relationships.map { it.other.displayName })
                for (relationship in relationships) {
                    home.plan(relationship.id) {
                        val goals = goals(archived = true)
                        assertTrue(goals.isNotEmpty())
                        assertEquals(goals.map { it.id }, goals.map { goal(it.id).summary.id })
                        val before = goal(goals().first().id)
                        rate(before.summary.id, NewRating(value = 7u))
                        assertEquals(before.ratings.size + 1, goal(before.summary.id).ratings.size)
                        assertTrue(history(limit = 5u).events.isNotEmpty())
                    }
                }
                val (years, _, choices) = relationships
                assertEquals(600, home.plan(years.id) { tasks(archived = true).size })
                assertTrue(home.plan(choices.id) { goals().any { it.openChoice } })
            }
            // What was brought up to date opens again.
            Home.open(place.toFile(), vault).use { assertEquals(3, it.ask { relationships() }.size) }
        }
    }

    @Test
    fun `a journal of the first days opens with entries, versions, bin and search`() = story {
        val place = folder.resolve("first days")
        val vault = Fixtures.privateFileOfSchema2(place)
        // It lay in a folder without a shared file, as a making that was cut off leaves it: it is taken up.
        Home.create(place.toFile(), vault, NewProfile(Role.CLIENT, "Mara")).use { home ->
            home.journal {
                val openings = entries(10u).entries.map { it.opening }
                assertEquals(3, openings.size)
                assertEquals("昨天晚上我很高兴。", openings.first())
                assertEquals("Thrown away, for now.", binned().single().opening)
                for (words in listOf("schnecken", "高兴", "traume")) {
                    assertEquals(1, search(words, EntryFilter(), SearchOrder.BEST_MATCH, 10u).hits.size, words)
                }
                val garden = entries(10u).entries[1].id
                assertEquals(listOf("sleep", "Träume"), entry(entries(10u).entries[2].id).tags)
                assertEquals("Kein Wort über den Garten heute.", versions(garden).last().opening)
                add(NewEntry("And goes on."))
            }
            home.goalDrafts { keep(NewGoal("Sleep through")) }
        }
        Home.open(place.toFile(), vault).use { assertEquals(4uL, it.journal { count() }) }
    }
}
