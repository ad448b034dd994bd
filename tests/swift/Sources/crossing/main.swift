import Foundation
import Story

print("soon")
