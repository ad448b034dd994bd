package org.commonground

import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import java.nio.file.attribute.FileAttribute
import java.nio.file.attribute.PosixFilePermissions
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault

/**
 * Keeps the two keys in files of [folder], for a desktop, where the JVM has no keystore of the system at hand.
 *
 * It protects a copy of the data that comes without this folder: a backup of the disk, a synchronised folder. It does
 * not protect from whoever can read this person's files. So [folder] must be another one than the profile's, outside of
 * what is copied away, and a phone must not use this: on Android there is `KeystoreKeyVault`.
 *
 * Folder and files can be read by their owner alone, where the file system knows owners. Every call blocks for some
 * milliseconds; a key is on the disk when [keep] returns, whatever folders had to be made for it. No copy of a key stays
 * here: the array that [load] answers is the caller's, to be filled with zeros after use. What goes wrong is a
 * [CommonGroundException.Vault] without any path or key in it.
 */
public class FileKeyVault(folder: File) : KeyVault {
    private val folder: Path = folder.toPath()

    @Synchronized
    override fun load(name: KeyName): ByteArray? = trying("read") {
        val file = try {
            FileChannel.open(place(name), READ)
        } catch (_: NoSuchFileException) {
            return null
        }
        file.use {
            if (it.size() != KEY_LENGTH.toLong()) throw damaged()
            wiped { bytes ->
                while (bytes.hasRemaining()) if (it.read(bytes) < 0) throw damaged()
                bytes.flip()
                ByteArray(KEY_LENGTH).also { key -> bytes.get(key) }
            }
        }
    }

    @Synchronized
    override fun keep(name: KeyName, key: ByteArray): Unit = trying("kept") {
        if (key.size != KEY_LENGTH) throw CommonGroundException.Vault("no key of $KEY_LENGTH bytes")
        makeFolder()
        val unfinished = folder.resolve("${place(name).fileName}.new")
        Files.deleteIfExists(unfinished)
        FileChannel.open(unfinished, setOf(CREATE, TRUNCATE_EXISTING, WRITE), *onlyTheOwner("rw-------")).use { file ->
            wiped { bytes ->
                bytes.put(key).flip()
                while (bytes.hasRemaining()) file.write(bytes)
            }
            file.force(true)
        }
        Files.move(unfinished, place(name), ATOMIC_MOVE, REPLACE_EXISTING)
        sync(folder)
    }

    @Synchronized
    override fun forget(name: KeyName): Unit = trying("forgotten") {
        val file = place(name)
        if (Files.exists(file)) {
            FileChannel.open(file, WRITE).use {
                it.write(ByteBuffer.allocate(KEY_LENGTH))
                it.force(true)
            }
            Files.delete(file)
            sync(folder)
        }
    }

    private fun place(name: KeyName) = folder.resolve("${name.name.lowercase()}.key")

    /** Each folder that is made is a new name in the one around it, up to the first that was there before. */
    private fun makeFolder() {
        val missing = generateSequence(folder.toAbsolutePath()) { it.parent }.takeWhile { Files.notExists(it) }.toList()
        Files.createDirectories(folder, *onlyTheOwner("rwx------"))
        missing.forEach { sync(it.parent) }
    }

    /** A new name is durable once its folder is. */
    private fun sync(folder: Path) {
        if (knowsOwners()) FileChannel.open(folder, READ).use { it.force(true) }
    }

    /** Room for a key that leaves no copy behind: given any other buffer, a channel makes one and holds on to it. */
    private inline fun <T> wiped(work: (ByteBuffer) -> T): T {
        val bytes = ByteBuffer.allocateDirect(KEY_LENGTH)
        try {
            return work(bytes)
        } finally {
            bytes.clear()
            while (bytes.hasRemaining()) bytes.put(0)
        }
    }

    private fun damaged() = CommonGroundException.Vault("the file of the key is damaged")

    private fun onlyTheOwner(permissions: String): Array<FileAttribute<*>> {
        if (!knowsOwners()) return emptyArray()
        return arrayOf(PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))
    }

    private fun knowsOwners() = "posix" in folder.fileSystem.supportedFileAttributeViews()

    private inline fun <T> trying(what: String, work: () -> T): T = try {
        work()
    } catch (_: IOException) {
        throw CommonGroundException.Vault("the key could not be $what")
    }

    private companion object {
        const val KEY_LENGTH = 32
    }
}
