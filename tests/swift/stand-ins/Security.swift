// What stands here is Apple's, and documented there.

public typealias CFTypeRef = AnyObject
public typealias CFDictionary = [CFString: Any]
public typealias OSStatus = Int32

public struct CFString: Hashable, Sendable {}

public let kSecAttrAccessControl = CFString()
public let kSecAttrAccessible = CFString()
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = CFString()
public let kSecAttrAccessibleWhenUnlockedThisDeviceOnly = CFString()
public let kSecAttrAccount = CFString()
public let kSecAttrService = CFString()
public let kSecClass = CFString()
public let kSecClassGenericPassword = CFString()
public let kSecReturnData = CFString()
public let kSecUseAuthenticationContext = CFString()
public let kSecUseDataProtectionKeychain = CFString()
public let kSecValueData = CFString()

public let errSecAuthFailed: OSStatus = -25293
public let errSecDuplicateItem: OSStatus = -25299
public let errSecInteractionNotAllowed: OSStatus = -25308
public let errSecItemNotFound: OSStatus = -25300
public let errSecSuccess: OSStatus = 0
public let errSecUserCanceled: OSStatus = -128

public func SecItemAdd(_ new: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { 0 }
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus { 0 }
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { 0 }
public func SecItemUpdate(_ query: CFDictionary, _ change: CFDictionary) -> OSStatus { 0 }

public final class SecAccessControl {}

public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)
    public static let userPresence = Self(rawValue: 1 << 0)
    public let rawValue: UInt

    public init(rawValue: UInt) {
        self.rawValue = rawValue
    }
}

public func SecAccessControlCreateWithFlags(
    _ allocator: CFTypeRef?, _ protection: CFString, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<CFTypeRef?>?
) -> SecAccessControl? { nil }
