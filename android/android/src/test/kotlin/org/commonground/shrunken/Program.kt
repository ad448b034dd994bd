package org.commonground.shrunken

import java.io.File
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.commonground.Home
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role

/** A vault, called back by the core. */
private class Vault : KeyVault {
    private val keys = HashMap<KeyName, ByteArray>()

    override fun load(name: KeyName): ByteArray? = keys[name]?.copyOf()

    override fun keep(name: KeyName, key: ByteArray) {
        keys[name] = key.copyOf()
    }

    override fun forget(name: KeyName) {
        keys.remove(name)
    }
}

/**
 * What `check-aar` runs after R8 has shrunk the library with nothing but its own keep rules: records, errors, callbacks
 * both ways and what suspends still work. It is no test of its own.
 */
fun main(arguments: Array<String>) = runBlocking {
    withTimeout(60_000) {
        val home = Home.create(File(arguments.single()), Vault(), NewProfile(Role.CLIENT, "Mara"))
        val changed = async(start = CoroutineStart.UNDISPATCHED) { home.changes.first() }
        // Listening begins on a thread of its own: written until it is heard.
        while (!changed.isCompleted) {
            home.journal { add(NewEntry("Walked along the river.")) }
            yield()
        }
        check(changed.await() is Change.Journal)
        check(home.journal { entries(limit = 1u) }.entries.single().opening == "Walked along the river.")
        home.goOnline(Reach.THIS_MACHINE).state(RelationshipId("00".repeat(16)))
        home.ask { lock() }
        try {
            home.journal { entries(limit = 1u) }
            error("locked and yet read")
        } catch (_: CommonGroundException.Locked) {
            println("the shrunken library works")
        }
        home.shut()
    }
}
