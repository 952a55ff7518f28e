Option Explicit
'Stands in for the module of the same name where Calc stands in for Excel: from the workbook to the macros in Python.

Public Sub XlfvCall(ByVal Button As String)
    Dim bridge As Object, what As Object, which As Object, book As Object, problem As String
    bridge = createUnoService("org.xlfv.Bridge")
    what = createUnoStruct("com.sun.star.beans.NamedValue")
    what.Name = "what"
    what.Value = "press"
    which = createUnoStruct("com.sun.star.beans.NamedValue")
    which.Name = "button"
    which.Value = Button
    book = createUnoStruct("com.sun.star.beans.NamedValue")
    book.Name = "document"
    book.Value = ThisComponent
    bridge.execute(Array(what, which, book))
End Sub
