import Foundation

/// Where a profile lies on the device.
public enum ProfileFolder {
    /// The folder for the app's one profile, made if it is not there: `CommonGround` in Application Support.
    ///
    /// On iOS its files can be read from the first unlock after a start of the device, because the plan catches up in the
    /// background; the journal among them is a file whose key the Keychain gives only while the device is unlocked. It is
    /// left out of the device's own backups: the keys never leave the device, so what came back from one could not be
    /// opened. Offer the person a backup of the app's own (``CommonGround/makeBackup(file:key:replace:progress:)``).
    public static func standard() throws -> URL {
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        return try prepared(support.appendingPathComponent("CommonGround", isDirectory: true))
    }

    /// Makes `folder`, if it is not there, and sets what ``standard()`` says.
    public static func prepared(_ folder: URL) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #if os(iOS)
            // What is made in a folder has the folder's class.
            try FileManager.default.setAttributes(
                [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication], ofItemAtPath: folder.path)
        #endif
        #if canImport(Darwin)
            var stays = folder
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try stays.setResourceValues(values)
        #endif
        return folder
    }
}
