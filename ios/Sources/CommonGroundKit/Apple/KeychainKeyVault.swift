#if canImport(Security) && canImport(LocalAuthentication)
    import Foundation
    import LocalAuthentication
    import Security

    /// Keeps the two keys of a profile in the Keychain. Neither leaves the device, in no backup and by no iCloud.
    ///
    /// The key of the journal is given out only while the device is unlocked, and where ``Guard`` says so only with a face,
    /// a finger or the passcode. The key of the plan is there from the first unlock after a start, so that the plan
    /// catches up in the background.
    ///
    /// ``CommonGround/open(folder:vault:)`` and ``CommonGround/unlock()`` ask for the key of the journal and so may wait
    /// for the person: ``Home`` makes these calls off the main thread. Where the person refuses,
    /// ``CommonGroundError/Vault(reason:)`` is thrown.
    public final class KeychainKeyVault: KeyVault {
        /// What it takes to open the journal, beyond an unlocked device.
        public enum Guard: Sendable {
            /// Nothing more.
            case none
            /// Face ID, Touch ID or the passcode. A new face or finger changes nothing.
            case userPresence
            /// Face ID or Touch ID as it is set up now. When that changes, the system takes the key away for good, and the
            /// journal comes back only from a backup: choose it for those who want that, and only with a backup made.
            case currentBiometry
        }

        private let vault: VaultOfItems<Keychain>

        /// - Parameters:
        ///   - service: Which keys these are; another one for another profile.
        ///   - journal: What it takes to open the journal. It counts for keys that are kept from now on.
        ///   - prompt: The sentence under which the system asks, in the person's language: "Open your journal".
        public init(service: String = "org.commonground.keys", journal: Guard = .userPresence, prompt: String) {
            vault = VaultOfItems(items: Keychain(service: service, journal: journal, prompt: prompt))
        }

        /// Whether there is a key, without asking the person for anything. Look before opening: of a key that was
        /// ``KeychainKeyStanding/takenAway`` a screen says so, and offers to restore a backup.
        public func standing(of name: KeyName) throws -> KeychainKeyStanding {
            try vault.standing(of: name)
        }

        public func load(name: KeyName) throws -> Data? {
            try vault.load(name)
        }

        public func keep(name: KeyName, key: Data) throws {
            try vault.keep(name, key)
        }

        public func forget(name: KeyName) throws {
            try vault.forget(name)
        }
    }

    private struct Keychain: KeychainItems {
        let service: String
        let journal: KeychainKeyVault.Guard
        let prompt: String

        func isThere(_ name: String) throws -> Bool {
            var query = item(name)
            let silent = LAContext()
            silent.interactionNotAllowed = true
            query[kSecUseAuthenticationContext] = silent
            let status = SecItemCopyMatching(query as CFDictionary, nil)
            switch status {
            case errSecSuccess, errSecInteractionNotAllowed: return true
            case errSecItemNotFound: return false
            default: throw failure(status)
            }
        }

        func read(_ name: String) throws -> Data? {
            var query = item(name)
            let asking = LAContext()
            asking.localizedReason = prompt
            query[kSecUseAuthenticationContext] = asking
            query[kSecReturnData] = true
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            switch status {
            case errSecSuccess: return found as? Data
            case errSecItemNotFound: return nil
            default: throw failure(status)
            }
        }

        func write(_ bytes: Data, _ name: String, isGuarded: Bool) throws {
            var new = item(name)
            new[kSecValueData] = bytes
            if isGuarded {
                new[kSecAttrAccessControl] = try access()
            } else {
                new[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            }
            var status = SecItemAdd(new as CFDictionary, nil)
            if status == errSecDuplicateItem {
                // Changed in place: taken away and made again, it could be lost in between.
                status = SecItemUpdate(item(name) as CFDictionary, [kSecValueData: bytes] as CFDictionary)
            }
            guard status == errSecSuccess else { throw failure(status) }
        }

        func remove(_ name: String) throws {
            let status = SecItemDelete(item(name) as CFDictionary)
            guard status == errSecSuccess || status == errSecItemNotFound else { throw failure(status) }
        }

        private func item(_ name: String) -> [CFString: Any] {
            [
                kSecClass: kSecClassGenericPassword,
                kSecAttrService: service,
                kSecAttrAccount: name,
                kSecUseDataProtectionKeychain: true,
            ]
        }

        private func access() throws -> SecAccessControl {
            let flags: SecAccessControlCreateFlags =
                switch journal {
                case .none: []
                case .userPresence: .userPresence
                case .currentBiometry: .biometryCurrentSet
                }
            let made = SecAccessControlCreateWithFlags(
                nil, kSecAttrAccessibleWhenUnlockedThisDeviceOnly, flags, nil)
            guard let made else { throw CommonGroundError.Vault(reason: "this device cannot guard a key in that way") }
            return made
        }

        private func failure(_ status: OSStatus) -> CommonGroundError {
            switch status {
            case errSecUserCanceled, errSecAuthFailed: .Vault(reason: "the person refused")
            case errSecInteractionNotAllowed: .Vault(reason: "the device is locked")
            default: .Vault(reason: "the Keychain answers \(status)")
            }
        }
    }
#endif
