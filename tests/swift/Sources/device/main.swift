import Story

print("soon")
