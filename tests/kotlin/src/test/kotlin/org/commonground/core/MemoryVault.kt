package org.commonground.core

/** A key vault that lives as long as the test. What a phone keeps in its Keystore lies in a map here. */
class MemoryVault : KeyVault {
    private val keys = mutableMapOf<KeyName, ByteArray>()

    override fun load(name: KeyName): ByteArray? = synchronized(keys) { keys[name]?.copyOf() }

    override fun keep(name: KeyName, key: ByteArray) {
        synchronized(keys) { keys[name] = key.copyOf() }
    }

    override fun forget(name: KeyName) {
        synchronized(keys) { keys.remove(name)?.fill(0) }
    }

    /** As if the person had put the keys of another device here. */
    fun swapFor(name: KeyName, key: ByteArray) = keep(name, key)
}
