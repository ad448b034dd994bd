package org.commonground

import org.commonground.core.KeyName
import org.commonground.core.KeyVault

/**
 * Leaves no key of [vault] behind in this process's memory: what the core got, and what the vault was given to keep, is
 * filled with zeros when it is done with. So the arrays that [vault] answers must not be its own.
 */
internal class WipingVault(private val vault: KeyVault) : KeyVault {
    /**
     * What was answered on this thread. The core asks on the thread that called it and copies the answer at once, so what
     * stands here when that call has returned is in nobody's use.
     */
    private val answered = ThreadLocal<MutableList<ByteArray>>()

    override fun load(name: KeyName): ByteArray? = vault.load(name)?.also { key ->
        val before = answered.get() ?: mutableListOf<ByteArray>().also(answered::set)
        before += key
    }

    override fun keep(name: KeyName, key: ByteArray): Unit = try {
        vault.keep(name, key)
    } finally {
        key.fill(0)
    }

    override fun forget(name: KeyName): Unit = vault.forget(name)

    /** Called by the thread that called the core, after that. */
    fun wipe() {
        answered.get()?.forEach { it.fill(0) }
        answered.remove()
    }
}
