package org.commonground.android

import java.io.File
import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.READ

/**
 * One of the core's keys as it lies on the disk: encrypted by a key that never leaves the Keystore.
 *
 * ```
 * 1 byte    the version of this layout, 1
 * 4 bytes   which key of the Keystore wraps it: they are numbered, because a new one is made before an old one goes
 * 1 byte    what that key is bound to
 * 1 byte    how long the nonce is
 *           the nonce; then the encrypted key with its tag
 * ```
 */
internal class WrappedKey(
    val number: Int,
    val binding: KeyBinding,
    val nonce: ByteArray,
    val sealed: ByteArray,
) {
    fun bytes(): ByteArray = byteArrayOf(VERSION) +
        ByteArray(Int.SIZE_BYTES) { (number ushr (Byte.SIZE_BITS * it)).toByte() } +
        byteArrayOf(binding.code, nonce.size.toByte()) + nonce + sealed

    companion object {
        private const val VERSION: Byte = 1
        private const val HEADER = 7

        /** What [bytes] say, or nothing where they were damaged. */
        fun of(bytes: ByteArray): WrappedKey? {
            if (bytes.size <= HEADER || bytes[0] != VERSION) return null
            val number = (0 until Int.SIZE_BYTES).sumOf { bytes[1 + it].toUByte().toInt() shl (Byte.SIZE_BITS * it) }
            val binding = KeyBinding.entries.find { it.code == bytes[HEADER - 2] } ?: return null
            val end = HEADER + bytes[HEADER - 1]
            if (end <= HEADER || end >= bytes.size) return null
            return WrappedKey(number, binding, bytes.copyOfRange(HEADER, end), bytes.copyOfRange(end, bytes.size))
        }
    }
}

/** A small file that is there whole or not at all, whenever the power goes. */
internal class DurableFile(private val file: File) {
    /** What is in it, or nothing where it was never written. Throws [IOException]. */
    fun read(): ByteArray? = try {
        Files.readAllBytes(file.toPath())
    } catch (_: NoSuchFileException) {
        null
    }

    /** Writes it anew. When this returns, a power loss can no longer lose it. Throws [IOException]. */
    fun write(bytes: ByteArray) {
        val folder = file.parentFile ?: throw IOException("no folder")
        make(folder)
        val beside = File(folder, file.name + ".new")
        beside.outputStream().use {
            it.write(bytes)
            it.fd.sync()
        }
        Files.move(beside.toPath(), file.toPath(), ATOMIC_MOVE, REPLACE_EXISTING)
        sync(folder)
    }

    /** Takes it away for good. Throws [IOException]. */
    fun delete() {
        val folder = file.parentFile ?: return
        if (!folder.isDirectory) return
        Files.deleteIfExists(File(folder, file.name + ".new").toPath())
        Files.deleteIfExists(file.toPath())
        sync(folder)
    }

    private fun make(folder: File) {
        if (folder.isDirectory) return
        val above = folder.parentFile ?: throw IOException("no folder")
        make(above)
        if (!folder.mkdir() && !folder.isDirectory) throw IOException("no folder")
        sync(above)
    }

    /** A name in a folder is durable only once the folder is. */
    private fun sync(folder: File) = FileChannel.open(folder.toPath(), READ).use { it.force(true) }
}
